using System.Text.Json;
using System.Text.Unicode;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Results;
using Gatehouse.Core.Streams;

namespace Gatehouse.Evidence.Reports;

/// <summary>Reads a scanner's report, whichever of the known formats it is in.</summary>
public sealed class ReportReader
{
    /// <summary>Longest report, in bytes: 32 MiB.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>Most findings in one report.</summary>
    public const int MaxFindings = 50_000;

    /// <summary>Deepest nesting of objects and lists.</summary>
    public const int MaxDepth = 64;

    // The same key twice means something else to every reader, so such a report says nothing.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly IReadOnlyList<IReportFormat> _formats;

    internal ReportReader(IEnumerable<IReportFormat> formats) => _formats = [.. formats];

    /// <summary>The formats it knows, by the names <see cref="ScanReport.Format"/> carries.</summary>
    public IReadOnlyList<string> Formats => [.. _formats.Select(format => format.Name)];

    /// <param name="contentType">What the sender calls it; null, or a general type, to look at the content.</param>
    /// <param name="scanner">The name to file it under; null for the name the report gives itself.</param>
    public async Task<Result<ScanReport>> ReadAsync(Stream content, string? contentType, string? scanner, CancellationToken cancellationToken)
    {
        var bytes = await LimitedRead.ToEndAsync(content, MaxBytes, cancellationToken);
        return bytes is null ? TooLong() : Read(bytes.Value, contentType, scanner);
    }

    /// <inheritdoc cref="ReadAsync"/>
    public Result<ScanReport> Read(ReadOnlyMemory<byte> content, string? contentType, string? scanner = null)
    {
        if (content.Length > MaxBytes)
        {
            return TooLong();
        }

        var utf8 = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
        if (!Utf8.IsValid(utf8.Span))
        {
            return Malformed("it is not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return Read(document.RootElement, contentType, scanner);
        }
        catch (JsonException broken)
        {
            return Malformed($"it is not JSON of at most {MaxDepth} levels without repeated keys (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine})");
        }
    }

    private Result<ScanReport> Read(JsonElement root, string? contentType, string? scanner)
    {
        var source = new ReportSource();
        var document = new ReportNode(root, NodePath.Root, source);
        var mediaType = MediaType.Of(contentType);
        var format = _formats.FirstOrDefault(candidate => mediaType is not null && candidate.MediaType == mediaType)
            ?? _formats.FirstOrDefault(candidate => candidate.Recognises(document));
        if (format is null)
        {
            return new Error(
                ErrorKind.Invalid,
                "report-format-unknown",
                $"The report is in none of the formats read here; send one of: {string.Join(", ", Formats)}.",
                "report")
            { Allowed = Formats };
        }

        var report = format.Read(document, scanner);
        return source.Problem is { } problem ? problem : report!;
    }

    private static Error TooLong() =>
        new(ErrorKind.TooLarge, "report-too-long", $"The report is longer than {MaxBytes} bytes.", "report");

    private static Error Malformed(string why) => new(ErrorKind.Invalid, "report-malformed", $"The report cannot be read: {why}.", "report");
}
