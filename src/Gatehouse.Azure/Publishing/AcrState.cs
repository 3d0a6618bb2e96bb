using System.Text.Json;
using Gatehouse.Azure.Replicas;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Azure.Publishing;

/// <summary>A tag or a manifest as the registry has it now.</summary>
/// <param name="Digest">What it is, or points at.</param>
/// <param name="Quarantine">Null where the registry says nothing of quarantine.</param>
internal sealed record AcrState(Digest Digest, bool IsLocked, bool IsWritable, string? Quarantine = null)
{
    /// <summary>Reads one row; a value of null means that the registry answers and has none.</summary>
    /// <param name="member">What the row is called in the answer: <c>tag</c> or <c>manifest</c>.</param>
    public static async Task<RegistryResult<AcrState?>> ReadAsync(
        IRegistryClient client, string path, string scope, string member, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Get, path, scope, null, cancellationToken);
        if (!answer.TryGet(out var response, out var failure))
        {
            return failure.Kind == RegistryFailureKind.NotFound ? (AcrState?)null : failure;
        }

        return Parse(response.Content, member) is { } state
            ? state
            : new RegistryFailure(RegistryFailureKind.Untrustworthy, $"answered something else than a {member}", $"GET {client.Host}{path}");
    }

    private static AcrState? Parse(ReadOnlyMemory<byte> content, string member)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.TryGetProperty(member, out var row)
                && row.ValueKind == JsonValueKind.Object
                && AcrAttributes.DigestOf(row) is { } digest
                    ? new AcrState(digest, AcrAttributes.IsLocked(row), AcrAttributes.IsEnabled(row, "writeEnabled"), AcrAttributes.QuarantineOf(row))
                    : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
