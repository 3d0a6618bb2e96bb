using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Results;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Verification;

public sealed class LedgerExportTests
{
    private static CancellationToken Cancellation => LedgerRig.Cancellation;

    [Fact]
    public async Task Export_TenThousandEntries_Verifies()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, 10_000);
        Assert.Equal(10_000, await rig.SealAsync());

        var verified = await VerifyAsync(await rig.ExportAsync(), new LedgerTrust(await rig.Signer.GetPublicKeyAsync(Cancellation)));

        Assert.True(verified.IsOk);
        Assert.Equal(10_000, verified.Value.Checkpoint.Size);
        Assert.True(verified.Value.IsKeyPinned);
        Assert.False(verified.Value.ExtendsEarlier);
    }

    [Fact]
    public async Task Export_Header_IsAsDocumented()
    {
        await using var rig = await SealedRigAsync(3);

        var header = JsonNode.Parse((await rig.ExportLinesAsync())[0])!.AsObject();

        Assert.Equal(["format", "checkpoint", "signature", "keyId", "publicKey"], header.Select(property => property.Key));
        Assert.Equal("gatehouse-ledger/1", (string?)header["format"]);
        var checkpoint = (await rig.Ledger.GetCheckpointAsync(Cancellation))!;
        Assert.Equal($"gatehouse\n3\n{Convert.ToBase64String(checkpoint.Root)}\ntime 2026-03-01T12:00:00.0000000Z\n", (string?)header["checkpoint"]);
        using var key = ECDsa.Create();
        key.ImportFromPem((string)header["publicKey"]!);
        Assert.True(key.VerifyData(Encoding.UTF8.GetBytes(checkpoint.Body), Convert.FromBase64String((string)header["signature"]!), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task Export_NothingSealed_IsRefused()
    {
        await using var rig = await LedgerRig.OpenAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(rig.ExportAsync);
    }

    [Fact]
    public async Task Verify_EntryDroppedReorderedRepeatedOrAdded_IsRefused()
    {
        await using var rig = await SealedRigAsync(12);
        var lines = await rig.ExportLinesAsync();

        await AssertRefusedAsync("ledger-entry-out-of-order", [.. lines[..5], .. lines[6..]]);
        await AssertRefusedAsync("ledger-entry-out-of-order", [.. lines[..5], lines[6], lines[5], .. lines[7..]]);
        await AssertRefusedAsync("ledger-entry-out-of-order", [.. lines[..6], lines[5], .. lines[6..]]);
        await AssertRefusedAsync("ledger-size-mismatch", lines[..^1]);
        await AssertRefusedAsync("ledger-size-mismatch", [.. lines, Renumbered(lines[^1], 12)]);
        await AssertRefusedAsync("ledger-root-mismatch", [.. lines[..5], Renumbered(lines[6], 4), Renumbered(lines[5], 5), .. lines[7..]]);
    }

    [Fact]
    public async Task Verify_EntryChanged_IsRefused()
    {
        await using var rig = await SealedRigAsync(12);
        var lines = await rig.ExportLinesAsync();
        var entry = JsonNode.Parse(lines[7])!;
        var data = Encoding.UTF8.GetString(Convert.FromBase64String((string)entry["data"]!)).Replace("user:ada", "user:eve", StringComparison.Ordinal);
        entry["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(data));

        await AssertRefusedAsync("ledger-root-mismatch", [.. lines[..7], entry.ToJsonString(), .. lines[8..]]);
    }

    [Fact]
    public async Task Verify_EntryWrittenWithEscapes_IsTheSameEntry()
    {
        await using var rig = await SealedRigAsync(1);
        var lines = await rig.ExportLinesAsync();
        var escaped = lines[1].Replace("\"data\":\"e", "\"data\":\"\\u0065", StringComparison.Ordinal);

        Assert.NotEqual(lines[1], escaped);
        Assert.True((await VerifyAsync(Encoding.UTF8.GetBytes($"{lines[0]}\n{escaped}\n"), LedgerTrust.None)).IsOk);
    }

    [Fact]
    public async Task Verify_HeaderChanged_IsRefused()
    {
        await using var rig = await SealedRigAsync(4);
        var lines = await rig.ExportLinesAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var wrongCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        await AssertRefusedAsync("ledger-signature-wrong", With("checkpoint", text => text.Replace("gatehouse\n4", "gatehouse\n3", StringComparison.Ordinal)));
        await AssertRefusedAsync("ledger-signature-wrong", With("checkpoint", text => text.Replace("time 2026", "time 2027", StringComparison.Ordinal)));
        await AssertRefusedAsync("ledger-signature-wrong", With("signature", text => Convert.ToBase64String([.. Convert.FromBase64String(text).Reverse()])));
        await AssertRefusedAsync("ledger-signature-wrong", With("signature", _ => ""));
        await AssertRefusedAsync("ledger-signature-wrong", With("publicKey", _ => other.ExportSubjectPublicKeyInfoPem()));
        await AssertRefusedAsync("ledger-key-malformed", With("publicKey", _ => wrongCurve.ExportSubjectPublicKeyInfoPem()));
        await AssertRefusedAsync("ledger-key-malformed", With("publicKey", _ => "none"));
        await AssertRefusedAsync("ledger-checkpoint-malformed", With("checkpoint", text => text + "extra line\n"));
        await AssertRefusedAsync("ledger-checkpoint-malformed", With("checkpoint", text => text.Replace("\n4\n", "\n04\n", StringComparison.Ordinal)));
        await AssertRefusedAsync("ledger-export-malformed", With("format", _ => "gatehouse-ledger/2"));

        string[] With(string property, Func<string, string> change)
        {
            var header = JsonNode.Parse(lines[0])!;
            header[property] = change((string)header[property]!);
            return [header.ToJsonString(), .. lines[1..]];
        }
    }

    /// <summary>A forger who signs a shorter or changed ledger with a key of their own is only caught by knowing the key.</summary>
    [Fact]
    public async Task Verify_AnotherLedgerUnderAnotherKey_IsRefusedWhenTheKeyIsPinned()
    {
        await using var rig = await SealedRigAsync(5);
        await using var forger = await SealedRigAsync(5);
        var forged = await forger.ExportAsync();

        var pinned = await VerifyAsync(forged, new LedgerTrust(await rig.Signer.GetPublicKeyAsync(Cancellation)));

        Assert.True((await VerifyAsync(forged, LedgerTrust.None)).IsOk);
        Assert.False((await VerifyAsync(forged, LedgerTrust.None)).Value.IsKeyPinned);
        Assert.Equal("ledger-key-untrusted", pinned.Error.Code);
    }

    [Fact]
    public async Task Verify_AgainstAnEarlierCheckpoint_SeesARewrittenHistory()
    {
        await using var rig = await SealedRigAsync(5);
        var earlier = (await rig.Ledger.GetCheckpointAsync(Cancellation))!;
        await rig.AppendAsync(5, 6);
        await rig.SealAsync();
        await using var rewritten = await SealedRigAsync(4);
        await rewritten.AppendAsync(6, 5);
        await rewritten.SealAsync();
        await using var shorter = await SealedRigAsync(3);

        var same = await VerifyAsync(await rig.ExportAsync(), new LedgerTrust([], earlier));

        Assert.True(same.IsOk && same.Value.ExtendsEarlier);
        Assert.Equal("ledger-rewritten", (await VerifyAsync(await rewritten.ExportAsync(), new LedgerTrust([], earlier))).Error.Code);
        Assert.Equal("ledger-rewritten", (await VerifyAsync(await shorter.ExportAsync(), new LedgerTrust([], earlier))).Error.Code);
    }

    [Fact]
    public async Task Verify_AnyByteOfTheExportChanged_IsRefusedOrMeansTheSame()
    {
        await using var rig = await SealedRigAsync(6);
        var export = await rig.ExportAsync();
        var keyId = (await rig.Ledger.GetCheckpointAsync(Cancellation))!.KeyId;
        var trust = new LedgerTrust(await rig.Signer.GetPublicKeyAsync(Cancellation));

        // The key's name is not signed and decides nothing; everything else must matter.
        var (text, meaning) = (Encoding.UTF8.GetString(export), MeaningOf(export));
        var free = text.IndexOf(keyId, StringComparison.Ordinal);
        var change =
            from at in Gen.Choose(0, export.Length - 1)
            from bit in Gen.Choose(0, 7)
            where at < free || at >= free + keyId.Length
            select (at, bit);
        Prop.ForAll(change.ToArbitrary(), one =>
        {
            var changed = export.ToArray();
            changed[one.at] ^= (byte)(1 << one.bit);
            var result = VerifyAsync(changed, trust).GetAwaiter().GetResult();
            return !result.IsOk || MeaningOf(changed) == meaning;
        }).Check(PropertyRuns.Of(400));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("{}\n")]
    [InlineData("not json\n")]
    [InlineData("null\n")]
    [InlineData("{\"format\":\"gatehouse-ledger/1\"}")]
    public async Task Verify_NoExport_IsMalformed(string text) =>
        Assert.Equal("ledger-export-malformed", (await VerifyAsync(Encoding.UTF8.GetBytes(text), LedgerTrust.None)).Error.Code);

    [Fact]
    public async Task Verify_LineWithoutEnd_IsRefusedBeforeItFillsTheMemory()
    {
        await using var endless = new EndlessStream();

        var result = await LedgerVerifier.VerifyExportAsync(endless, LedgerTrust.None, Cancellation);

        Assert.Equal("ledger-export-malformed", result.Error.Code);
        Assert.True(endless.Given < 8 * 1024 * 1024);
    }

    private static async Task<LedgerRig> SealedRigAsync(int events)
    {
        var rig = await LedgerRig.OpenAsync();
        await rig.AppendAsync(0, events);
        await rig.SealAsync();
        return rig;
    }

    private static async Task<Result<LedgerVerification>> VerifyAsync(byte[] export, LedgerTrust trust)
    {
        using var stream = new MemoryStream(export);
        return await LedgerVerifier.VerifyExportAsync(stream, trust, Cancellation);
    }

    private static async Task AssertRefusedAsync(string code, string[] lines)
    {
        var result = await VerifyAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), LedgerTrust.None);
        Assert.False(result.IsOk);
        Assert.Equal(code, result.Error.Code);
    }

    private static string Renumbered(string line, long index)
    {
        var entry = JsonNode.Parse(line)!;
        entry["index"] = index;
        return entry.ToJsonString();
    }

    /// <summary>What the verifier is to protect: escapes, white space in the PEM and unused bits of base64 may differ.</summary>
    private static string MeaningOf(byte[] export)
    {
        var lines = Encoding.UTF8.GetString(export).Split('\n');
        var header = JsonNode.Parse(lines[0])!;
        using var key = ECDsa.Create();
        key.ImportFromPem((string)header["publicKey"]!);
        var entries = lines[1..^1].Select(line => Convert.ToHexString(JsonNode.Parse(line)!["data"]!.GetValue<JsonElement>().GetBytesFromBase64()));
        return $"{header["checkpoint"]}|{Convert.ToHexString(key.ExportSubjectPublicKeyInfo())}|{string.Join(',', entries)}";
    }

    private sealed class EndlessStream : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
