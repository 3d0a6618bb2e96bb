using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Readiness;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage;

/// <summary>Whether both services let us in: one row and one queue are asked for, and that they are not there is as good an answer.</summary>
internal sealed class StorageCheck(StoragePipelines pipelines, StorageAccount account, StorageFaults faults, TimeProvider clock, ILogger<StorageCheck> logger) : IReadinessCheck, IDisposable
{
    /// <summary>How long an answer stands, so that frequent probes cost little.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait for both services.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private const int MaxBytes = 64 * 1024;

    private readonly SemaphoreSlim _asking = new(1, 1);
    private (long At, string? Problem)? _last;

    public async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && clock.GetElapsedTime(last.At) < Fresh)
            {
                return last.Problem;
            }

            var problem = await AskAsync();
            _last = (clock.GetTimestamp(), problem);
            return problem;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    /// <summary>The answer serves everyone, so no single caller's cancellation may end it.</summary>
    private async Task<string?> AskAsync()
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        var problems = await Task.WhenAll(
            AskAsync(StorageService.Table, pipelines.TableOnce, $"{account.Tables.AbsoluteUri.TrimEnd('/')}/{account.TableOf("health")}(PartitionKey='0',RowKey='0')", "application/json;odata=nometadata", limit.Token),
            AskAsync(StorageService.Queue, pipelines.QueueOnce, $"{account.Queues.AbsoluteUri.TrimEnd('/')}/{account.QueueOf(QueueNames.IntakeWork)}?comp=metadata", "application/xml", limit.Token));
        var problem = string.Join("; ", problems.OfType<string>());
        if (problem.Length == 0)
        {
            return null;
        }

        logger.AccountUnusable(account.Name, problem);
        return problem;
    }

    private async Task<string?> AskAsync(StorageService service, HttpPipeline pipeline, string url, string accept, CancellationToken limit)
    {
        var asked = $"the {service} service of storage account '{account.Name}' at {new Uri(url).GetLeftPart(UriPartial.Authority)}";
        try
        {
            var answer = await pipeline.SendAsync(
                request =>
                {
                    request.Method = RequestMethod.Get;
                    request.Uri.Reset(new Uri(url));
                },
                accept,
                MaxBytes,
                limit);

            // Any server answers 404 to something; only storage says of what.
            return answer.IsSuccess || (answer.Status == 404 && StorageError.Read(answer).Code.EndsWith("NotFound", StringComparison.Ordinal))
                ? null
                : faults.Tell(service, $"Asking {asked}", answer);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return $"Asking {asked} failed: no answer within {Limit}";
        }
    }
}
