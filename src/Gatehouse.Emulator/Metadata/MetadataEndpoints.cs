using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Distribution;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Metadata;

/// <summary><c>/acr/v1/…</c>. Source: Azure.ContainerRegistry data plane, 2021-07-01.</summary>
internal static class MetadataEndpoints
{
    /// <summary>Bytes of a PATCH body.</summary>
    private const int MaxBody = 16 * 1024;

    public static Task HandleAsync(Call call) => (call.Path.Kind, call.Path.Reference, call.Method) switch
    {
        (RequestKind.RepositoryTags, null, "GET") => ListTagsAsync(call),
        (RequestKind.RepositoryManifests, null, "GET") => ListManifestsAsync(call),
        (_, _, "GET") => GetAsync(call),
        (_, _, "PATCH") => PatchAsync(call),
        (RequestKind.Repository, _, "DELETE") => DeleteRepositoryAsync(call),
        (RequestKind.RepositoryTags, not null, "DELETE") => DeleteTagAsync(call),
        _ => call.NotAllowedAsync(),
    };

    private static Task ListTagsAsync(Call call)
    {
        var digest = call.Http.Query("digest");
        return ListAsync(
            call,
            "tags",
            (repository, last, order) => Ordered(repository.Tags.Where(tag => digest is null || tag.Digest.ToString() == digest), tag => tag.Name, last, order),
            tag => tag.Name,
            (writer, tag, _) => MetadataJson.Tag(writer, tag),
            digest is null ? null : "&digest=" + Uri.EscapeDataString(digest));
    }

    private static Task ListManifestsAsync(Call call) => ListAsync(
        call,
        "manifests",
        (repository, last, order) => Ordered(repository.Manifests, manifest => manifest.Digest.ToString(), last, order),
        manifest => manifest.Digest.ToString(),
        (writer, manifest, tags) => MetadataJson.Manifest(writer, manifest, tags[manifest.Digest].Select(tag => tag.Name)),
        null);

    private static async Task ListAsync<T>(
        Call call,
        string name,
        Func<RepositoryContent, string?, string?, IEnumerable<T>> select,
        Func<T, string> key,
        Action<Utf8JsonWriter, T, ILookup<Digest, TagEntry>> write,
        string? extra)
        where T : Entry
    {
        if (await Paging.SizeAsync(call.Http) is not { } size)
        {
            return;
        }

        var (last, order) = (call.Http.Query("last"), call.Http.Query("orderby"));
        string? next = null;
        using var body = new MemoryStream();
        var found = call.Read(repository =>
        {
            if (repository is not { Exists: true })
            {
                return false;
            }

            var (items, more) = Paging.Cut(select(repository, last, order).Where(entry => entry.Attributes.ListEnabled), size);
            next = more ? key(items[^1]) : null;
            var tags = repository.Tags.ToLookup(tag => tag.Digest);
            using var writer = new Utf8JsonWriter(body);
            writer.WriteStartObject();
            MetadataJson.Head(writer, call.Registry.LoginServer, call.Repository);
            writer.WriteStartArray(name);
            foreach (var item in items)
            {
                write(writer, item, tags);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return true;
        });
        if (!found)
        {
            await call.NoRepositoryAsync();
            return;
        }

        if (next is not null)
        {
            Paging.Link(call.Http, $"/acr/v1/{call.Repository}/_{name}", size, next, $"&orderby={Uri.EscapeDataString(order ?? string.Empty)}{extra}");
        }

        await Reply.BytesAsync(call.Http, StatusCodes.Status200OK, body.ToArray(), Reply.Json);
    }

    /// <summary>By name, or by last update; pages by time go on after the named entry, which must still exist.</summary>
    private static IEnumerable<T> Ordered<T>(IEnumerable<T> entries, Func<T, string> key, string? last, string? order)
        where T : Entry
    {
        if (order is not ("timeasc" or "timedesc"))
        {
            return entries.Where(entry => last is null || string.CompareOrdinal(key(entry), last) > 0).OrderBy(key, StringComparer.Ordinal);
        }

        var sorted = order == "timeasc"
            ? entries.OrderBy(entry => entry.Updated).ThenBy(key, StringComparer.Ordinal)
            : entries.OrderByDescending(entry => entry.Updated).ThenBy(key, StringComparer.Ordinal);
        return last is null ? sorted : sorted.SkipWhile(entry => key(entry) != last).Skip(1);
    }

    private static async Task GetAsync(Call call)
    {
        var body = call.Read(repository => repository is { Exists: true } ? Single(call, repository) : null);
        await (body is null ? AbsentAsync(call) : Reply.BytesAsync(call.Http, StatusCodes.Status200OK, body, Reply.Json));
    }

    private static Task AbsentAsync(Call call) => call.Path.Kind switch
    {
        RequestKind.RepositoryManifests => call.NoManifestAsync(),
        RequestKind.RepositoryTags => call.NoTagAsync(),
        _ => call.NoRepositoryAsync(),
    };

    /// <summary>The tag, manifest or repository a path names; null when it is not there.</summary>
    private static byte[]? Single(Call call, RepositoryContent repository)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            MetadataJson.Head(writer, call.Registry.LoginServer, call.Repository);
            switch (call.Path.Kind)
            {
                case RequestKind.RepositoryTags when repository.Tag(call.Path.Reference!) is { } tag:
                    writer.WritePropertyName("tag");
                    MetadataJson.Tag(writer, tag);
                    break;
                case RequestKind.RepositoryManifests when call.TryDigest(out var digest) && repository.Manifest(digest) is { } manifest:
                    writer.WritePropertyName("manifest");
                    MetadataJson.Manifest(writer, manifest, repository.Tags.Where(tag => tag.Digest == digest).Select(tag => tag.Name));
                    break;
                case RequestKind.Repository:
                    MetadataJson.Repository(writer, repository);
                    break;
                default:
                    return null;
            }

            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    private static async Task PatchAsync(Call call)
    {
        Digest digest = default;
        if (call.Path.Kind == RequestKind.RepositoryManifests && !call.TryDigest(out digest))
        {
            await call.BadDigestAsync(call.Path.Reference);
            return;
        }

        if (await BodyReader.ReadAsync(call.Http, MaxBody, call.Aborted) is not { } body || Parse(body) is not { } change)
        {
            await Reply.ErrorAsync(
                call.Http,
                StatusCodes.Status400BadRequest,
                "UNSUPPORTED",
                "the body must be a JSON object of deleteEnabled, writeEnabled, listEnabled and readEnabled, each true or false, quarantineState and quarantineDetails");
            return;
        }

        var outcome = call.Store.SetAttributes(
            call.Replica,
            call.Repository,
            call.Path.Kind == RequestKind.RepositoryTags ? call.Path.Reference : null,
            call.Path.Kind == RequestKind.RepositoryManifests ? digest : null,
            change);
        await (outcome is WriteOutcome.NotFound ? AbsentAsync(call) : GetAsync(call));
    }

    private static Func<Attributes, Attributes>? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var (delete, write, list, read) = (Flag("deleteEnabled"), Flag("writeEnabled"), Flag("listEnabled"), Flag("readEnabled"));
            var (state, details) = (Text("quarantineState"), Text("quarantineDetails"));
            return attributes => new Attributes(
                delete ?? attributes.DeleteEnabled,
                write ?? attributes.WriteEnabled,
                list ?? attributes.ListEnabled,
                read ?? attributes.ReadEnabled,
                state ?? attributes.QuarantineState,
                details ?? attributes.QuarantineDetails);

            string? Text(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;

            bool? Flag(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetBoolean() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task DeleteTagAsync(Call call) =>
        await (call.Store.DeleteTag(call.Replica, call.Repository, call.Path.Reference!) switch
        {
            WriteOutcome.NotFound => call.NoTagAsync(),
            WriteOutcome.Locked => call.LockedAsync(),
            _ => Reply.EmptyAsync(call.Http, StatusCodes.Status202Accepted),
        });

    private static async Task DeleteRepositoryAsync(Call call)
    {
        switch (call.Store.DeleteRepository(call.Replica, call.Repository, call.Origin))
        {
            case WriteOutcome.NotFound:
                await call.NoRepositoryAsync();
                break;
            case WriteOutcome.RepositoryDeleted deleted:
                await Reply.JsonAsync(call.Http, StatusCodes.Status202Accepted, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("manifestsDeleted");
                    deleted.Manifests.ToList().ForEach(digest => writer.WriteStringValue(digest.ToString()));
                    writer.WriteEndArray();
                    writer.WriteStartArray("tagsDeleted");
                    deleted.Tags.ToList().ForEach(writer.WriteStringValue);
                    writer.WriteEndArray();
                    writer.WriteEndObject();
                });
                break;
            default:
                await call.LockedAsync();
                break;
        }
    }
}
