namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>One published estate for all tests of a class.</summary>
public sealed class PublishedEstateFixture : IAsyncLifetime
{
    internal PublishedEstate Estate { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Estate = await PublishedEstate.StartAsync();

    public ValueTask DisposeAsync() => Estate.DisposeAsync();
}
