namespace Gatehouse.Architecture.Tests.Configuration;

/// <summary>One key the Function app reads.</summary>
/// <param name="Name">With ':' between its parts; 0 stands for any index of a list.</param>
/// <param name="Type">What is written there, for people.</param>
/// <param name="Default">Null when there is none.</param>
internal sealed record ConfigurationKey(string Name, string Type, string? Default, bool Secret, string? Meaning)
{
    public string EnvironmentVariable => Name.Replace(":", "__", StringComparison.Ordinal);

    /// <summary><c>Gatehouse:Auth</c> of all below it; <c>Gatehouse</c> of what is below no section.</summary>
    public string Section => Name.Split(':') is [var root, var section, _, ..] ? $"{root}:{section}" : "Gatehouse";
}
