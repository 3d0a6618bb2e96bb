using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Attestations;

/// <summary>What Gatehouse says of the images it releases, in a form other tools verify.</summary>
public sealed class AttestationOptions
{
    public const string Section = "Gatehouse:Attestations";

    private const int MaxVerifierId = 200;

    /// <summary>Whether every release carries a signed attestation as a referrer. Default true; a release then waits for the signature.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The URI that names this Gatehouse as <c>verifier.id</c>; null takes <c>urn:gatehouse:</c> and the ledger's origin.</summary>
    public string? VerifierId { get; set; }

    internal static bool IsVerifierId(string text) =>
        text.Length <= MaxVerifierId && Uri.TryCreate(text, UriKind.Absolute, out var uri) && !uri.IsFile && text.All(c => c is > ' ' and <= '~');

    internal string VerifierOf(LedgerOptions ledger) => VerifierId ?? ledger.Urn;
}

internal sealed class AttestationOptionsValidator : IValidateOptions<AttestationOptions>
{
    public ValidateOptionsResult Validate(string? name, AttestationOptions options) => options.VerifierId is { } id && !AttestationOptions.IsVerifierId(id)
        ? ValidateOptionsResult.Fail($"{AttestationOptions.Section}:{nameof(options.VerifierId)} is '{id}'; write an absolute URI of at most 200 printable ASCII characters, e.g. https://gatehouse.contoso.com/verifier, or leave it out.")
        : ValidateOptionsResult.Success;
}
