using Gatehouse.Core.Images;

namespace Gatehouse.Benchmarks.Watches;

/// <summary>The floor of a sweep: one HEAD a tag by a bare client, which keeps no state, checks nothing and forgets the answer.</summary>
internal sealed class HeadFlood(string host, string repository, IReadOnlyList<string> tags, int concurrency) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });

    public Task RunAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        tags,
        new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
        async (tag, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, new Uri($"http://{host}/v2/{repository}/manifests/{tag}"));
            foreach (var mediaType in MediaTypes.AcceptedManifests)
            {
                request.Headers.TryAddWithoutValidation("Accept", mediaType);
            }

            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            answer.EnsureSuccessStatusCode();
        });

    public void Dispose() => _client.Dispose();
}
