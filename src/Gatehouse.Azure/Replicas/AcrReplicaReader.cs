using System.Net;
using System.Text.Json;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Azure.Replicas;

/// <summary>Asks a replica through its own endpoint, so that the answer is its own.</summary>
internal sealed class AcrReplicaReader(IRegistryClientFactory clients) : IReplicaReader
{
    /// <summary>Most pages of one list; at the service's 100 rows a page, a million rows.</summary>
    private const int MaxPages = 10_000;

    private const string Disallowed = "operation is disallowed";

    public async Task<ReplicaAnswer> AskAsync(ReplicaDefinition replica, string repository, Digest digest, CancellationToken cancellationToken)
    {
        var client = clients.Create(replica.Endpoint);
        var head = await client.HeadManifestAsync(repository, digest.ToString(), cancellationToken);
        if (!head.TryGet(out var found, out var failure))
        {
            if (failure.Status == HttpStatusCode.Forbidden && (await client.GetManifestAsync(repository, digest.ToString(), cancellationToken)).TryGet(out _, out var reason) is false)
            {
                // A HEAD has no body to say why.
                failure = reason;
            }

            return failure.Kind == RegistryFailureKind.NotFound ? new ReplicaAnswer(Presence.Missing)
                : IsWithheld(failure) ? new ReplicaAnswer(Presence.Withheld, Reason: failure.ToString())
                : Unknown(failure);
        }

        return found.Digest == digest
            ? new ReplicaAnswer(Presence.Served)
            : new ReplicaAnswer(Presence.Unknown, Reason: $"{replica.Endpoint} was asked for {digest} and answered with {found.Digest}");
    }

    public async Task<ReplicaAnswer> PingAsync(ReplicaDefinition replica, CancellationToken cancellationToken)
    {
        var ping = await clients.Create(replica.Endpoint).PingAsync(cancellationToken);
        return ping.TryGet(out _, out var failure) ? new ReplicaAnswer(Presence.Served) : Unknown(failure);
    }

    public Task<ReplicaListing<ManifestRow>> ListManifestsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken) =>
        ListAsync(replica, repository, RowReaders.ManifestList, cancellationToken);

    public Task<ReplicaListing<TagRow>> ListTagsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken) =>
        ListAsync(replica, repository, RowReaders.TagList, cancellationToken);

    /// <summary>
    /// A digest in quarantine, or made unreadable, answers "The operation is disallowed…"; which status it has is not written down.
    /// Source: Azure/acr docs/preview/quarantine.
    /// </summary>
    private static bool IsWithheld(RegistryFailure failure) =>
        failure.Kind is RegistryFailureKind.Refused or RegistryFailureKind.Denied && failure.Message.Contains(Disallowed, StringComparison.OrdinalIgnoreCase);

    /// <summary>Without the request's ids, which are in the log: a replica whose reason differs every time would be written at every look.</summary>
    private static ReplicaAnswer Unknown(RegistryFailure failure) =>
        new(Presence.Unknown, failure.Kind == RegistryFailureKind.Throttled, failure.Summary, failure.RetryAfter);

    private async Task<ReplicaListing<T>> ListAsync<T>(ReplicaDefinition replica, string repository, RowReader<T> reader, CancellationToken cancellationToken)
        where T : class
    {
        if (!ImageReference.IsRepository(repository))
        {
            return new ReplicaListing<T>(null, Reason: $"'{repository}' is no repository");
        }

        var client = clients.Create(replica.Endpoint);
        var rows = new List<T>();
        string? path = $"/acr/v1/{repository}/{reader.Path}";
        var seen = new HashSet<string>();
        for (var page = 0; path is not null; page++)
        {
            if (page == MaxPages)
            {
                return new ReplicaListing<T>(null, Reason: $"{replica.Endpoint} has more than {MaxPages} pages of {reader.Rows} in {repository}");
            }

            if (!seen.Add(path))
            {
                return new ReplicaListing<T>(null, Reason: $"{replica.Endpoint} leads from one page of {reader.Rows} in {repository} to the same page again");
            }

            var answer = await client.SendAsync(HttpMethod.Get, path, AcrAttributes.ReadScope(repository), null, cancellationToken);
            if (!answer.TryGet(out var response, out var failure))
            {
                // A repository that goes while it is listed is no empty one.
                return page == 0 && failure.Kind == RegistryFailureKind.NotFound && failure.Codes?.Contains("NAME_UNKNOWN") is true
                    ? new ReplicaListing<T>([])
                    : new ReplicaListing<T>(null, failure.Kind == RegistryFailureKind.Throttled, failure.Summary, failure.RetryAfter);
            }

            if (!Append(response.Content, reader, rows))
            {
                return new ReplicaListing<T>(null, Reason: $"{replica.Endpoint} answered GET {path} with something else than a list of {reader.Rows}");
            }

            path = response.Next;
        }

        return new ReplicaListing<T>(rows);
    }

    /// <summary>False when the page makes no sense. A list that is null or absent is empty.</summary>
    private static bool Append<T>(ReadOnlyMemory<byte> page, RowReader<T> reader, List<T> rows)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(page);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            if (!document.RootElement.TryGetProperty(reader.Rows, out var list) || list.ValueKind == JsonValueKind.Null)
            {
                return true;
            }

            foreach (var row in list.EnumerateArray())
            {
                if (row.ValueKind != JsonValueKind.Object || reader.Read(row) is not { } value)
                {
                    return false;
                }

                rows.Add(value);
            }

            return true;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
