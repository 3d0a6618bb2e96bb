namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>The application settings that the deployment gives the Function app.</summary>
internal static class AppSettings
{
    private static readonly string[] HostPrefixes = ["AzureWebJobsStorage__", "APPLICATIONINSIGHTS_"];

    /// <summary>All, by the name that is written.</summary>
    public static IReadOnlyList<string> Names { get; } = Read();

    /// <summary>The Functions host's own.</summary>
    public static IReadOnlyList<string> OfHost { get; } = [.. Names.Where(IsHosts)];

    /// <summary>Gatehouse's, as keys with ':'.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. Names.Where(name => !IsHosts(name)).Select(name => name.Replace("__", ":", StringComparison.Ordinal))];

    private static bool IsHosts(string name) => Array.Exists(HostPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static List<string> Read()
    {
        var settings = BicepFile.Of("modules/function-app.bicep").Resources.Single(resource => resource.Type == "Microsoft.Web/sites/config");
        return [.. settings.Lines
            .SkipWhile(line => !line.StartsWith("  properties: ", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("  }", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(':')[0])];
    }
}
