using Gatehouse.Core.Results;
using Gatehouse.Core.Streams;

namespace Gatehouse.Cli.Commands;

/// <summary>Reads files the command line names, within limits.</summary>
internal static class InputFiles
{
    public static async Task<Result<byte[]>> ReadAsync(FileInfo file, int maxBytes, string field, CancellationToken cancellationToken) =>
        await TryAsync<byte[]>(file, field, async () =>
        {
            await using var stream = file.OpenRead();
            return await LimitedRead.ToEndAsync(stream, maxBytes, cancellationToken) is { } content
                ? content.ToArray()
                : new Error(ErrorKind.TooLarge, "file-too-large", $"'{file}' is longer than {maxBytes} bytes, which is all that is taken.", field);
        });

    public static async Task<Result<T>> TryAsync<T>(FileInfo file, string field, Func<Task<Result<T>>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Error(ErrorKind.Invalid, "file-unusable", $"'{file}' cannot be used: {exception.Message}", field);
        }
    }
}
