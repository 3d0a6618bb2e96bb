namespace Gatehouse.Azure.Tests.Emulation;

/// <summary>Tests on <see cref="EmulatorFixture.Faulty"/>, one after another: what one of them breaks must not meet another.</summary>
[CollectionDefinition(Name)]
public sealed class FaultyRegistryCollection
{
    public const string Name = "faulty registry";
}
