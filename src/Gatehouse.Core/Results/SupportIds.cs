namespace Gatehouse.Core.Results;

/// <summary>The ids by which a service's support finds a call, for the end of a message.</summary>
public static class SupportIds
{
    /// <summary><c> (client request id …, request id …, correlation id …)</c>, as far as they are known; empty when none is.</summary>
    public static string Text(string? clientRequest, string? request, string? correlation = null)
    {
        IEnumerable<string?> ids = [Named("client request id", clientRequest), Named("request id", request), Named("correlation id", correlation)];
        return string.Join(", ", ids.OfType<string>()) is { Length: > 0 } known ? $" ({known})" : string.Empty;
    }

    private static string? Named(string name, string? id) => id is null ? null : $"{name} {id}";
}
