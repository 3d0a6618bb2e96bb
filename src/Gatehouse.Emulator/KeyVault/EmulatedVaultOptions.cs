using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.KeyVault;

/// <summary>A Key Vault with signing keys.</summary>
public sealed class EmulatedVaultOptions
{
    public const string DefaultKey = "gatehouse";

    /// <inheritdoc cref="EmulatorOptions.ArmPort"/>
    public int Port { get; init; }

    /// <summary>Names of EC P-256 keys, each made at the first start: 1 to 127 letters, digits and '-'.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [DefaultKey];
}
