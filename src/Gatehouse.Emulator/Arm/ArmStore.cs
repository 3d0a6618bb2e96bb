using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Faults;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Arm;

/// <summary>What ARM knows of one registry, kept in one file. Changes take the time they are given, by the clock, also over a restart.</summary>
internal sealed class ArmStore
{
    /// <summary>Operations that are remembered; the oldest go first.</summary>
    private const int MaxOperations = 1000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly IEntropy _entropy;
    private readonly RegistryFaults _faults;
    private readonly ArmDocument _document;

    public ArmStore(string path, TimeProvider clock, IEntropy entropy, RegistryFaults faults)
    {
        (_path, _clock, _entropy, _faults) = (path, clock, entropy, faults);
        _document = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ArmDocumentJson.Default.ArmDocument)! : new ArmDocument([], [], [], []);
    }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public T Read<T>(Func<ArmDocument, T> read)
    {
        lock (_gate)
        {
            return read(_document);
        }
    }

    /// <summary>Names compare without case. Null when there is none, or it is gone.</summary>
    public ArmRecord? Find(string type, string name) => Raw(type, name) is { } record && !record.IsGone(Now) ? record : null;

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<ArmRecord> List(string type)
    {
        var now = Now;
        lock (_gate)
        {
            return [.. _document.Records.Where(record => record.Type == type && !record.IsGone(now)).OrderBy(record => record.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>Whether the registry is in a region now: it is from the end of its creation to the end of its deletion.</summary>
    /// <param name="declared">What the options say, when ARM has changed nothing.</param>
    public bool IsProvisioned(string region, bool declared) => Raw(ReplicationEndpoint.Type, region) switch
    {
        null => declared,
        { Act: ArmAct.Creating } record => !record.Failed && !record.IsBusy(Now),
        var record => !record.IsGone(Now),
    };

    /// <summary>Makes a change and the operation that tells of it.</summary>
    /// <param name="more">Further changes of the document, in the same write.</param>
    public ArmOperation Change(string type, string name, ArmAct act, TimeSpan takes, IReadOnlyDictionary<string, string?> values, Action<ArmDocument>? more = null)
    {
        var failure = _faults.TakeArmFailure();
        lock (_gate)
        {
            var ready = Now + takes;
            var operation = new ArmOperation(_entropy.Next(), ready, failure?.Code, failure?.Message);
            _document.Records.RemoveAll(record => Is(record, type, name));
            _document.Records.Add(new ArmRecord(type, name, act, ready, failure is not null, values));
            _document.Records.RemoveAll(record => record.IsGone(Now) && record.Type != ReplicationEndpoint.Type);
            _document.Operations.Add(operation);
            _document.Operations.RemoveRange(0, Math.Max(_document.Operations.Count - MaxOperations, 0));
            more?.Invoke(_document);
            AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(_document, ArmDocumentJson.Default.ArmDocument));
            return operation;
        }
    }

    private static bool Is(ArmRecord record, string type, string name) => record.Type == type && string.Equals(record.Name, name, StringComparison.OrdinalIgnoreCase);

    private ArmRecord? Raw(string type, string name)
    {
        lock (_gate)
        {
            return _document.Records.Find(record => Is(record, type, name));
        }
    }
}
