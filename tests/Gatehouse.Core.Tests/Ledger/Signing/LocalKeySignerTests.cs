using System.Security.Cryptography;
using Gatehouse.Core.Ledger.Signing;
using Gatehouse.Core.Tests.Records.Embedded;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Signing;

public sealed class LocalKeySignerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string KeyFile => _directory["keys/ledger.pem"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Sign_FirstUse_MakesAKeyOnlyItsOwnerReads()
    {
        using var signer = Signer(1);
        var signature = await signer.SignAsync("data"u8.ToArray(), Cancellation);

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(await signer.GetPublicKeyAsync(Cancellation), out _);
        Assert.Equal(64, signature.Value.Length);
        Assert.True(key.VerifyData("data"u8, signature.Value, HashAlgorithmName.SHA256));
        Assert.Equal(await signer.GetKeyIdAsync(Cancellation), signature.KeyId);
        Assert.Equal(await signer.GetPublicKeyAsync(Cancellation), signature.PublicKey);
        Assert.StartsWith("local:", await signer.GetKeyIdAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal([KeyFile], Directory.GetFiles(_directory["keys"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }
    }

    [Fact]
    public async Task Sign_SeveralSignersAtTheFirstMoment_ShareOneKey()
    {
        var signers = Enumerable.Range(0, 8).Select(Signer).ToList();

        var keys = await Task.WhenAll(signers.Select(signer => Task.Run(() => signer.GetPublicKeyAsync(Cancellation))));

        Assert.Single(keys.Select(Convert.ToHexString).Distinct());
        Assert.Equal([KeyFile], Directory.GetFiles(_directory["keys"]));
        signers.ForEach(signer => signer.Dispose());
    }

    [Theory]
    [InlineData("no key at all")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task Sign_FileIsNoKey_IsRefusedWithoutItsContent(string content)
    {
        Directory.CreateDirectory(_directory["keys"]);
        await File.WriteAllTextAsync(KeyFile, content, Cancellation);
        using var signer = Signer(1);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => signer.GetKeyIdAsync(Cancellation));

        Assert.Contains(KeyFile, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_KeyOnAnotherCurve_IsRefused()
    {
        Directory.CreateDirectory(_directory["keys"]);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(KeyFile, key.ExportPkcs8PrivateKeyPem(), Cancellation);
        using var signer = Signer(1);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => signer.GetKeyIdAsync(Cancellation));

        Assert.Contains("P-256", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_KeyOthersCanRead_IsWarnedOf()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix file modes.");
        using (var first = Signer(1))
        {
            await first.GetKeyIdAsync(Cancellation);
        }

        var logger = new CollectingLogger();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        using var signer = new LocalKeySigner(KeyFile, Ids(2), new TypedLogger(logger));
        await signer.GetKeyIdAsync(Cancellation);

        Assert.Contains(logger.Entries, entry => entry is { Name: "KeyReadableByOthers", Level: LogLevel.Warning });
    }

    private LocalKeySigner Signer(int seed) => new(KeyFile, Ids(seed), NullLogger<LocalKeySigner>.Instance);

    private static IdSource Ids(int seed) => new(new ManualTimeProvider(), new SeededEntropy(seed));

    private sealed class TypedLogger(ILogger inner) : ILogger<LocalKeySigner>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
