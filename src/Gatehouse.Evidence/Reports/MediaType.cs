namespace Gatehouse.Evidence.Reports;

internal static class MediaType
{
    /// <summary>Type and subtype in lower case, without parameters; null for none.</summary>
    public static string? Of(string? contentType)
    {
        var end = contentType?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        var type = (end < 0 ? contentType : contentType![..end])?.Trim().ToLowerInvariant();
        return string.IsNullOrEmpty(type) ? null : type;
    }
}
