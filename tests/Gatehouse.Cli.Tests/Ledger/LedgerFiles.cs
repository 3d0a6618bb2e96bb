using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Scopes;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gatehouse.Cli.Tests.Ledger;

/// <summary>A real ledger over the embedded store, and the files an auditor would hold of it.</summary>
internal sealed class LedgerFiles : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly ServiceProvider _services;
    private int _events;

    private LedgerFiles(TempDirectory directory, ServiceProvider services) => (_directory, _services) = (directory, services);

    public string Export => _directory["ledger.jsonl"];

    public string Key => _directory["key.pem"];

    public string Earlier => _directory["checkpoint.json"];

    /// <summary>The note that was published of the earlier checkpoint.</summary>
    public string Published => _directory["published"];

    public string this[string name] => _directory[name];

    private ILedger Ledger => _services.GetRequiredService<ILedger>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Four entries, a checkpoint kept, seven more, then the export and the key.</summary>
    public static async Task<LedgerFiles> CreateAsync()
    {
        var directory = new TempDirectory();
        var files = new LedgerFiles(directory, new ServiceCollection()
            .AddLogging()
            .AddEmbeddedStorage(options => options.Directory = directory["data"])
            .AddLocalCheckpointSigner(_ => directory["ledger.pem"])
            .AddGatehouseLedger()
            .AddSingleton<ICheckpointPublisher>(new DirectoryPublisher(directory))
            .BuildServiceProvider());
        await files.SealAsync(4);
        await File.WriteAllTextAsync(files.Earlier, await files.CheckpointAsync());
        File.Copy(directory["4.note"], files.Published);
        await files.SealAsync(7);
        await File.WriteAllBytesAsync(files.Export, await files.ExportAsync());
        var key = await files.Ledger.GetPublicKeyAsync(Cancellation);
        await File.WriteAllTextAsync(files.Key, PemEncoding.WriteString("PUBLIC KEY", key));
        return files;
    }

    public async Task<byte[]> ExportAsync()
    {
        using var export = new MemoryStream();
        await Ledger.ExportAsync(export, Cancellation);
        return export.ToArray();
    }

    /// <summary>As GET /api/ledger/checkpoint answers.</summary>
    public async Task<string> CheckpointAsync()
    {
        var signed = (await Ledger.GetCheckpointAsync(Cancellation))!;
        using var json = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("origin", signed.Origin);
            writer.WriteNumber("size", signed.Size);
            writer.WriteString("root", Convert.ToBase64String(signed.Root));
            writer.WriteString("at", signed.At);
            writer.WriteString("keyId", signed.KeyId);
            writer.WriteString("body", signed.Body);
            writer.WriteBase64String("signature", signed.Signature);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.ToArray());
    }

    public async Task<string> FingerprintAsync() => Convert.ToHexStringLower(SHA256.HashData(await Ledger.GetPublicKeyAsync(Cancellation)));

    public async Task<string> RootAsync() => Convert.ToBase64String((await Ledger.GetCheckpointAsync(Cancellation))!.Root);

    /// <summary>Rewrites the export's lines; the first is the header.</summary>
    public async Task TamperAsync(Func<List<string>, IEnumerable<string>> change)
    {
        var lines = (await File.ReadAllTextAsync(Export)).TrimEnd('\n').Split('\n').ToList();
        await File.WriteAllTextAsync(Export, string.Join('\n', change(lines)) + "\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _directory.Dispose();
    }

    private sealed class DirectoryPublisher(TempDirectory directory) : ICheckpointPublisher
    {
        public async Task<PublicationOutcome> PublishAsync(PublishedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            await File.WriteAllTextAsync(directory[$"{checkpoint.Size}.note"], checkpoint.Note, cancellationToken);
            return new PublicationOutcome.Published();
        }
    }

    private async Task SealAsync(int count)
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var events = Enumerable.Range(_events, count).Select(number => new LedgerEvent(
            LedgerEvent.MakeId(at.AddSeconds(number), $"intake{number}", 1),
            at.AddSeconds(number),
            LedgerEventTypes.IntakeRequested,
            "user:rita",
            $"intake:{number}",
            Scope.Parse("contoso").Value,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["reference"] = $"docker.io/library/nginx:{number}" }));
        await _services.GetRequiredService<ILedgerInbox>().AppendAsync([.. events], Cancellation);
        Assert.Equal(count, await _services.GetRequiredService<ILedgerSealer>().SealAsync(Cancellation));
        _events += count;
    }
}
