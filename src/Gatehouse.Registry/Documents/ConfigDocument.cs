using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;

namespace Gatehouse.Registry.Documents;

/// <summary>What of an image configuration matters here. Source: OCI image-spec config.md.</summary>
/// <param name="Platform">Null when the configuration does not say.</param>
/// <param name="Created">The publisher's claim; null when absent or not a time.</param>
public sealed record ConfigDocument(Platform? Platform, DateTimeOffset? Created)
{
    /// <returns>Refused with <c>config-malformed</c>.</returns>
    public static Result<ConfigDocument> Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonFields.Parse(content);
            var root = document.RootElement;
            var created = JsonFields.Field(root, "created") is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var at) ? at : (DateTimeOffset?)null;
            return new ConfigDocument(DescriptorJson.PlatformOf(root), created);
        }
        catch (FormatException e)
        {
            return new Error(ErrorKind.Invalid, "config-malformed", $"The image configuration cannot be read: {e.Message}.");
        }
    }
}
