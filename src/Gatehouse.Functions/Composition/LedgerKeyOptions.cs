using Gatehouse.Azure.KeyVault;
using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Composition;

/// <summary>Section <c>Gatehouse:Ledger</c>: what signs checkpoints.</summary>
internal sealed class LedgerKeyOptions
{
    public const string Section = LedgerOptions.Section;

    public const string LocalFile = "LocalFile";

    public const string KeyVault = "KeyVault";

    /// <summary><c>LocalFile</c>: the key in <c>KeyPath</c>. <c>KeyVault</c>: the key <c>Gatehouse:Azure:KeyVault:KeyId</c>. The default is LocalFile when <c>Gatehouse:Environment</c> is Local, else KeyVault.</summary>
    public string? Signer { get; set; }

    /// <summary>For <c>LocalFile</c>: PEM file of an ECDSA P-256 key, made at first use, readable by its owner only.</summary>
    public string? KeyPath { get; set; }
}

/// <param name="configuration">Names the key in Key Vault, whose own validator says whether it is one.</param>
internal sealed class LedgerKeyOptionsValidator(IConfiguration configuration) : IValidateOptions<LedgerKeyOptions>
{
    private const string KeyId = $"{KeyVaultOptions.Section}:{nameof(KeyVaultOptions.KeyId)}";

    public ValidateOptionsResult Validate(string? name, LedgerKeyOptions options) => options.Signer switch
    {
        LedgerKeyOptions.LocalFile when string.IsNullOrWhiteSpace(options.KeyPath) =>
            ValidateOptionsResult.Fail("Gatehouse:Ledger:KeyPath is empty; with the signer LocalFile it must be the file that keeps the key which signs checkpoints."),
        LedgerKeyOptions.KeyVault when string.IsNullOrWhiteSpace(configuration[KeyId]) =>
            ValidateOptionsResult.Fail($"{KeyId} is empty; with the signer KeyVault it must be https://{{vault}}.vault.azure.net/keys/{{name}}, with or without a version. Or set Gatehouse:Ledger:Signer to LocalFile."),
        LedgerKeyOptions.LocalFile or LedgerKeyOptions.KeyVault => ValidateOptionsResult.Success,
        _ => ValidateOptionsResult.Fail($"Gatehouse:Ledger:Signer is '{options.Signer}'; allowed are LocalFile and KeyVault."),
    };
}
