using System.Text.Json;
using Gatehouse.Core.Estate;

namespace Gatehouse.Azure.Replicas;

/// <summary>One kind of list: its last path segment, the name of its rows, and how to read one. A row that makes no sense is null.</summary>
internal sealed record RowReader<T>(string Path, string Rows, Func<JsonElement, T?> Read)
    where T : class;

internal static class RowReaders
{
    public static RowReader<ManifestRow> ManifestList { get; } = new("_manifests", "manifests", row => AcrAttributes.DigestOf(row) is { } digest
        ? new ManifestRow(digest, AcrAttributes.IsLocked(row), AcrAttributes.IsReadable(row), Tags(row))
        : null);

    public static RowReader<TagRow> TagList { get; } = new("_tags", "tags", row => AcrAttributes.DigestOf(row) is { } digest && Name(row) is { } name
        ? new TagRow(name, digest, AcrAttributes.IsLocked(row))
        : null);

    private static string? Name(JsonElement row) =>
        row.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    private static string[] Tags(JsonElement row) => row.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
        ? [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)]
        : [];
}
