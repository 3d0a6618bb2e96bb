using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Composition;

/// <summary>Section <c>Gatehouse:Ledger</c>: what signs checkpoints.</summary>
internal sealed class LedgerKeyOptions
{
    public const string Section = LedgerOptions.Section;

    /// <summary>PEM file of an ECDSA P-256 key, made at first use, readable by its owner only.</summary>
    public string? KeyPath { get; set; }
}

internal sealed class LedgerKeyOptionsValidator : IValidateOptions<LedgerKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerKeyOptions options) => string.IsNullOrWhiteSpace(options.KeyPath)
        ? ValidateOptionsResult.Fail("Gatehouse:Ledger:KeyPath is empty; it must be the file that keeps the key which signs checkpoints.")
        : ValidateOptionsResult.Success;
}
