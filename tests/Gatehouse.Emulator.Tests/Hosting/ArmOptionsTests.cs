using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Tests.Hosting;

public sealed class ArmOptionsTests
{
    [Fact]
    public void ArmOptions_OutOfRange_AreNamed()
    {
        var options = new EmulatorOptions
        {
            DataDirectory = "x",
            ArmOperationTime = TimeSpan.FromSeconds(-1),
            ArmLimits = new ArmLimitOptions { Reads = 0 },
            Registries = [new EmulatedRegistryOptions { Name = "fabrikam", Regions = [new EmulatedRegionOptions { Name = "westeurope", Provisioned = false }] }],
        };

        var message = Assert.Throws<EmulatorOptionsException>(() => EmulatorOptionsValidator.Check(options)).Message;

        Assert.Equal(["ArmLimits", "ArmOperationTime", "Registries[0].Regions.Provisioned"], message.Split(Environment.NewLine).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }
}
