using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary><c>tags/list</c>, <c>_catalog</c> and the referrers API. Source: OCI distribution-spec.</summary>
internal static class ListEndpoints
{
    public static async Task TagsAsync(Call call)
    {
        if (await Paging.SizeAsync(call.Http) is not { } size)
        {
            return;
        }

        var last = call.Http.Query("last");
        var page = call.Read(repository => repository is not { Exists: true }
            ? ((List<string> Items, bool More)?)null
            : Paging.Cut(repository.TagsAfter(last).Where(tag => tag.Attributes.ListEnabled).Select(tag => tag.Name), size));
        if (page is not { } tags)
        {
            await call.NoRepositoryAsync();
            return;
        }

        if (tags.More)
        {
            Paging.Link(call.Http, $"/v2/{call.Repository}/tags/list", size, tags.Items[^1]);
        }

        await Reply.JsonAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", call.Repository);
            Strings(writer, "tags", tags.Items);
            writer.WriteEndObject();
        });
    }

    /// <summary>Serves <c>/v2/_catalog</c> and <c>/acr/v1/_catalog</c>, which differ in the Link only.</summary>
    public static async Task CatalogAsync(Call call)
    {
        if (await Paging.SizeAsync(call.Http) is not { } size)
        {
            return;
        }

        var last = call.Http.Query("last");
        var (names, more) = call.Store.Read(call.Replica, content =>
            Paging.Cut(content.RepositoriesAfter(last).Where(repository => repository.Attributes.ListEnabled).Select(repository => repository.Name), size));
        var acr = call.Path.Kind == RequestKind.Repositories;
        if (more)
        {
            Paging.Link(call.Http, acr ? "/acr/v1/_catalog" : "/v2/_catalog", size, names[^1], acr ? "&orderby=" : null);
        }

        await Reply.JsonAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            Strings(writer, "repositories", names);
            writer.WriteEndObject();
        });
    }

    public static async Task ReferrersAsync(Call call)
    {
        if (!call.TryDigest(out var subject))
        {
            await call.BadDigestAsync(call.Path.Reference);
            return;
        }

        var wanted = call.Http.Query("artifactType");
        var referrers = call.Read(repository => (repository?.Manifests ?? [])
            .Where(manifest => manifest.Info.Subject == subject && manifest.Attributes.ListEnabled && (wanted is null || manifest.Info.ArtifactType == wanted))
            .OrderBy(manifest => manifest.Digest)
            .Select(manifest => (manifest.Digest, manifest.Info))
            .ToList());
        if (wanted is not null)
        {
            call.Http.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        await Reply.JsonAsync(call.Http, StatusCodes.Status200OK, writer => Index(writer, referrers), MediaTypes.OciIndex);
    }

    private static void Index(Utf8JsonWriter writer, List<(Digest Digest, ManifestInfo Info)> manifests)
    {
        writer.WriteStartObject();
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", MediaTypes.OciIndex);
        writer.WriteStartArray("manifests");
        foreach (var (digest, info) in manifests)
        {
            writer.WriteStartObject();
            writer.WriteString("mediaType", info.MediaType);
            writer.WriteString("digest", digest.ToString());
            writer.WriteNumber("size", info.Size);
            if (info.ArtifactType is { } type)
            {
                writer.WriteString("artifactType", type);
            }

            if (info.Annotations is { Count: > 0 } annotations)
            {
                writer.WriteStartObject("annotations");
                foreach (var (name, value) in annotations)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
