namespace Gatehouse.Emulator.Storage;

internal static class AtomicFile
{
    /// <summary>Readers see the old content or the new, never half of it, also when the process is killed.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, bool secret = false)
    {
        var temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
