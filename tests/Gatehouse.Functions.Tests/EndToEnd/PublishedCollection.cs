namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>Tests that start the published app with an emulated estate, one after another: they need the machine for themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PublishedCollection
{
    public const string Name = "published estate";
}
