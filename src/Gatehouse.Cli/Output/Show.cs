namespace Gatehouse.Cli.Output;

/// <summary>How values look, everywhere the same.</summary>
internal static class Show
{
    public static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'");

    public static string? Time(DateTimeOffset? at) => at is { } time ? Time(time) : null;

    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:0.0} KiB",
        < 1024L * 1024 * 1024 => $"{bytes / (1024.0 * 1024):0.0} MiB",
        _ => $"{bytes / (1024.0 * 1024 * 1024):0.0} GiB",
    };

    public static string? Milliseconds(long? lag) => lag is { } value ? $"{value} ms" : null;

    public static string YesNo(bool value) => value ? "yes" : "no";
}
