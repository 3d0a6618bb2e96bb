namespace Gatehouse.Local.Samples;

/// <summary>A package that a sample image says it has installed.</summary>
internal sealed record SamplePackage(string Name, string Version, string License);
