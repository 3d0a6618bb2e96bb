using System.Collections.Concurrent;
using System.Text.Json;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Imports;

/// <summary>Runs imports and remembers them. An import that runs when the process ends is found failed after the restart, and can be started again.</summary>
internal sealed class ImportService : IAsyncDisposable
{
    /// <summary>What the caller needs on a source named by its resource id; the wording of a refusal is ours.</summary>
    private const string PullAction = "Microsoft.ContainerRegistry/registries/pull/read";

    private readonly string _directory;
    private readonly EmulatorServices _services;
    private readonly Func<IReadOnlyList<EmulatedRegistry>> _registries;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, ImportOperation> _operations = [];
    private readonly ConcurrentDictionary<string, Task> _running = [];
    private readonly CancellationTokenSource _stop = new();

    public ImportService(string dataDirectory, EmulatorServices services, Func<IReadOnlyList<EmulatedRegistry>> registries)
    {
        (_services, _registries) = (services, registries);
        _logger = services.LoggerFactory.CreateLogger<ImportService>();
        _directory = Directory.CreateDirectory(Path.Combine(dataDirectory, "imports")).FullName;
        foreach (var file in Directory.EnumerateFiles(_directory, "*.json"))
        {
            var operation = JsonSerializer.Deserialize(File.ReadAllBytes(file), ImportJson.Default.ImportOperation)!;
            Save(operation.Status == ImportStatus.Running
                ? operation with { Status = ImportStatus.Failed, HttpStatus = 500, Code = "InternalServerError", Message = "The import was interrupted; start it again." }
                : operation);
        }
    }

    public ImportOperation? Find(string id) => _operations.GetValueOrDefault(id);

    /// <summary>The first target tag that exists, which a NoForce import must not touch.</summary>
    public static ImportTarget? Conflict(EmulatedRegistry registry, ImportOrder order) => order.Force
        ? null
        : order.Targets.FirstOrDefault(target => target.Tag is not null && registry.Store.Read(registry.Home, content => content.Find(target.Repository)?.Tag(target.Tag) is not null));

    public ImportOperation Start(EmulatedRegistry registry, ImportOrder order, RequestOrigin origin)
    {
        var operation = new ImportOperation(_services.Entropy.Next(), registry.Name, order.Source, order.Targets, _services.Clock.GetUtcNow(), ImportStatus.Running);
        Save(operation);
        _running[operation.Id] = Task.Run(() => RunAsync(registry, order, origin, operation), CancellationToken.None);
        return operation;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values);
        _stop.Dispose();
    }

    private async Task RunAsync(EmulatedRegistry registry, ImportOrder order, RequestOrigin origin, ImportOperation operation)
    {
        Log.ImportStarted(_logger, operation.Id, order.Source, registry.Name);
        try
        {
            if (Conflict(registry, order) is { } conflict)
            {
                throw new ImportException(409, "Conflict", $"Tag {conflict.Repository}:{conflict.Tag} already exists in target registry.");
            }

            await CopyAsync(registry, order, origin);
            Save(operation with { Status = ImportStatus.Succeeded });
            Log.ImportDone(_logger, operation.Id);
        }
        catch (ImportException exception)
        {
            Fail(operation, exception.Status, exception.Code, exception.Message);
        }
        catch (IOException exception)
        {
            Fail(operation, 400, "SourceUnavailable", exception.Message);
        }
        catch (OperationCanceledException)
        {
            // Stays "running" on disk, so the next start reports it as interrupted.
            Log.ImportInterrupted(_logger, operation.Id);
        }
        finally
        {
            _running.TryRemove(operation.Id, out _);
        }
    }

    private async Task CopyAsync(EmulatedRegistry registry, ImportOrder order, RequestOrigin origin)
    {
        var importer = new Importer(registry, _services.Entropy);
        if (order.ResourceId is { } resourceId)
        {
            var source = _registries().FirstOrDefault(candidate => string.Equals(candidate.ResourceId, resourceId, StringComparison.OrdinalIgnoreCase))
                ?? throw new ImportException(404, "ResourceNotFound", $"The source registry '{resourceId}' was not found.");
            if (source.Faults.ArmDenied || source.Faults.IsArmDenied(PullAction))
            {
                throw new ImportException(403, "AuthorizationFailed", $"The client does not have authorization to perform action '{PullAction}' over scope '{source.ResourceId}'.");
            }

            await importer.CopyAsync(order, new EmulatedSource(source, order.Repository), origin, _stop.Token);
        }
        else if (order.Credentials is null)
        {
            await importer.CopyAsync(order, new RemoteSource(_services.ImportClients.Create(order.Host!), order.Repository), origin, _stop.Token);
        }
        else
        {
            var (provider, client) = CredentialClients.Create(order.Host!, order.Credentials, _services);
            await using (provider)
            {
                await importer.CopyAsync(order, new RemoteSource(client, order.Repository), origin, _stop.Token);
            }
        }
    }

    private void Fail(ImportOperation operation, int status, string code, string message)
    {
        Save(operation with { Status = ImportStatus.Failed, HttpStatus = status, Code = code, Message = message });
        Log.ImportFailed(_logger, operation.Id, code, message);
    }

    private void Save(ImportOperation operation)
    {
        AtomicFile.Write(Path.Combine(_directory, operation.Id + ".json"), JsonSerializer.SerializeToUtf8Bytes(operation, ImportJson.Default.ImportOperation));
        _operations[operation.Id] = operation;
    }
}
