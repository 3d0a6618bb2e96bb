namespace Gatehouse.Cli.Commands;

internal static class Query
{
    /// <summary>With its question mark; those without a value are left out.</summary>
    public static string Of(params (string Name, string? Value)[] values)
    {
        var given = values.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}").ToList();
        return given.Count == 0 ? string.Empty : "?" + string.Join('&', given);
    }
}
