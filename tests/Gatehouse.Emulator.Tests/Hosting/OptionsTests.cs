using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.KeyVault;

namespace Gatehouse.Emulator.Tests.Hosting;

public sealed class OptionsTests
{
    [Fact]
    public void Options_WithSeveralFaults_NameThemAll()
    {
        var options = new EmulatorOptions
        {
            DataDirectory = "x",
            ArmPort = 70000,
            EventRetryScale = 0,
            Vault = new EmulatedVaultOptions { Port = -1, Keys = ["a_b"] },
            Registries =
            [
                new EmulatedRegistryOptions { Name = "a-b", Regions = [new EmulatedRegionOptions { Name = "westeurope" }], HomeRegion = "eastus" },
                new EmulatedRegistryOptions { Name = "up", Kind = RegistryKind.Plain, Credentials = [new RegistryCredential { Username = "u", Password = "hidden", Actions = ["fly"] }] },
            ],
            EventSubscriptions = [new EventSubscriptionOptions { Registry = "absent" }],
        };
        var message = Assert.Throws<EmulatorOptionsException>(() => EmulatorOptionsValidator.Check(options)).Message;
        Assert.Equal(
            ["ArmPort", "EventRetryScale", "EventSubscriptions[0].Registry", "EventSubscriptions[0].Url", "Registries[0].HomeRegion", "Registries[0].Name", "Registries[1].Credentials.Actions", "Vault.Keys", "Vault.Port"],
            message.Split(Environment.NewLine).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("hidden'", message, StringComparison.Ordinal);
    }
}
