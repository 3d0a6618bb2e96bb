using Gatehouse.Core.Images;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Telemetry;

namespace Gatehouse.Registry.Client;

internal sealed partial class RegistryClient
{
    /// <param name="Bytes">Length of the document, decompressed.</param>
    private sealed record Page<T>(IReadOnlyList<T> Items, Uri? Next, int Bytes);

    public async Task<RegistryResult<IReadOnlyList<string>>> ListTagsAsync(string repository, CancellationToken cancellationToken)
    {
        if (ObjectionTo(repository) is { } objection)
        {
            return objection;
        }

        // ECR takes no more than 1,000; nobody needs to answer with as many.
        var first = new RegistryCall(HttpMethod.Get, Path(repository, "tags/list?n=1000"), PullScope(repository)) { Accept = ["application/json"], Compressible = true };
        var listed = await PagesAsync<string>(first, root => [.. JsonFields.Texts(root, "tags")], tag => tag, cancellationToken);
        if (!listed.TryGet(out var tags, out var failure))
        {
            return failure;
        }

        var usable = tags.Where(ImageReference.IsTag).ToList();
        if (usable.Count < tags.Count)
        {
            Log.TagsLeftOut(_log, Host, tags.Count - usable.Count, repository);
        }

        return usable;
    }

    /// <summary>Follows pages until the last. Pages that go on without bringing anything new never end, so they are refused.</summary>
    private async Task<RegistryResult<List<T>>> PagesAsync<T>(
        RegistryCall call, Func<System.Text.Json.JsonElement, IReadOnlyList<T>> items, Func<T, string> key, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        var seen = new HashSet<string>();
        var visited = new HashSet<Uri> { call.Uri };
        var bytes = 0L;
        for (var pages = 1; ; pages++)
        {
            var read = await _transport.SendAsync(call, (response, token) => ReadPageAsync(response, items, token), cancellationToken);
            if (!read.TryGet(out var page, out var failure))
            {
                return failure;
            }

            // What is listed is held in memory, so the pages together have a limit too.
            if ((bytes += page.Bytes) > _options.MaxListingBytes)
            {
                return Failures.Untrustworthy(call.Line, $"the pages exceed {_options.MaxListingBytes} bytes together");
            }

            var before = all.Count;
            all.AddRange(page.Items.Where(item => seen.Add(key(item))));
            if (page.Next is null)
            {
                return all;
            }

            if (!visited.Add(page.Next) || (page.Items.Count > 0 && all.Count == before))
            {
                return Failures.Untrustworthy(call.Line, "the pages repeat");
            }

            if (pages >= _options.MaxPages)
            {
                return Failures.Untrustworthy(call.Line, $"there are more than {_options.MaxPages} pages");
            }

            call = call with { Uri = page.Next };
        }
    }

    private async Task<RegistryResult<Page<T>>> ReadPageAsync<T>(
        HttpResponseMessage response, Func<System.Text.Json.JsonElement, IReadOnlyList<T>> items, CancellationToken cancellationToken)
    {
        var next = NextPage(response);
        if (!next.TryGet(out var target, out var failure) && failure is not null)
        {
            return failure;
        }

        var content = await BoundedBody.ReadAsync(response.Content, _options.MaxPageBytes, cancellationToken);
        try
        {
            using var document = JsonFields.Parse(content);
            return new Page<T>(items(document.RootElement), target, content.Length);
        }
        catch (FormatException e)
        {
            return Failures.Untrustworthy(LineOf(response), "the page cannot be read: " + e.Message, response.StatusCode);
        }
    }
}
