using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Tests.Arm;
using Gatehouse.Emulator.Tests.Support;

namespace Gatehouse.Emulator.Tests.Distribution;

/// <summary>Alone, because it measures the whole process's memory.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LargeLayers
{
    public const string Name = "Large layers";
}

[Collection(LargeLayers.Name)]
public sealed class LargeLayerTests(ITestOutputHelper output)
{
    /// <summary>Megabytes of the layer; 2048 unless this says otherwise.</summary>
    private const string SizeVariable = "GATEHOUSE_EMULATOR_LAYER_MB";

    private const int MegaByte = 1024 * 1024;
    private const long MaxHeap = 160L * MegaByte;

    [Fact]
    public async Task Layer_PushedImportedReplicatedAndPulled_StaysOutOfMemory()
    {
        var size = long.Parse(Environment.GetEnvironmentVariable(SizeVariable) ?? "2048") * MegaByte;
        await using var emulator = await TestEmulator.StartAsync();
        var upstream = emulator.AtUpstream();
        var clock = Stopwatch.StartNew();
        using var layer = new PseudoRandomStream(size);
        using var start = await upstream.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        using (var request = new HttpRequestMessage(HttpMethod.Patch, $"http://{upstream.Endpoint}{start.Headers.Location}") { Content = new StreamContent(layer, 256 * 1024) })
        using (var patch = await emulator.Http.SendAsync(request, TestEmulator.Token))
        {
            Assert.Equal(HttpStatusCode.Accepted, patch.StatusCode);
        }

        var digest = layer.Digest ?? throw new InvalidOperationException("The layer was not sent whole.");
        using var end = await upstream.SendAsync(HttpMethod.Put, $"{start.Headers.Location}&digest={digest}");
        Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        output.WriteLine($"pushed after {clock.Elapsed}");

        await upstream.PushBlobAsync("app", "c"u8.ToArray());
        var json = AcrClient.Manifest("c"u8.ToArray(), "l"u8.ToArray()).Replace(Digest.OfBytes("l"u8).ToString(), digest.ToString(), StringComparison.Ordinal);
        await upstream.PutManifestAsync("app", "1", json);
        using var import = await new ArmClient(emulator).ImportToEndAsync(ArmClient.Body(upstream.Endpoint, "app:1", untagged: "mirror/app"));
        Assert.Equal(HttpStatusCode.OK, import.StatusCode);
        output.WriteLine($"imported after {clock.Elapsed}");

        using var redirect = await emulator.AtOther().SendAsync(HttpMethod.Get, $"/v2/mirror/app/blobs/{digest}");
        using var pull = await emulator.Http.GetAsync(redirect.Headers.Location, HttpCompletionOption.ResponseHeadersRead, TestEmulator.Token);
        await using var stream = await pull.Content.ReadAsStreamAsync(TestEmulator.Token);
        using var expected = new PseudoRandomStream(size, hash: false);
        var peak = await CompareAsync(expected, stream);
        output.WriteLine($"pulled after {clock.Elapsed}; peak heap {Math.Max(peak, layer.PeakHeap) / MegaByte} MB");
        Assert.True(Math.Max(peak, layer.PeakHeap) < MaxHeap, $"the heap reached {Math.Max(peak, layer.PeakHeap) / MegaByte} MB");
    }

    /// <summary>The largest heap seen on the way.</summary>
    private static async Task<long> CompareAsync(PseudoRandomStream expected, Stream actual)
    {
        var (left, right) = (new byte[MegaByte], new byte[MegaByte]);
        long peak = 0;
        int read;
        while ((read = await actual.ReadAtLeastAsync(right, MegaByte, throwOnEndOfStream: false, TestEmulator.Token)) > 0)
        {
            expected.ReadExactly(left.AsSpan(0, read));
            Assert.True(left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read)), $"the pulled bytes differ before {expected.Position}");
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        }

        Assert.Equal(expected.Length, expected.Position);
        return peak;
    }

    /// <summary>Bytes made while they are read: one random megabyte over and over, its start numbered.</summary>
    private sealed class PseudoRandomStream(long length, bool hash = true) : Stream
    {
        private readonly byte[] _block = Fill();
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _position;

        public long PeakHeap { get; private set; }

        /// <summary>Known once everything has been read.</summary>
        public Digest? Digest { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var at = (int)(_position % MegaByte);
            if (at == 0)
            {
                BitConverter.TryWriteBytes(_block, _position);
                PeakHeap = Math.Max(PeakHeap, GC.GetTotalMemory(forceFullCollection: false));
            }

            var count = (int)Math.Min(Math.Min(buffer.Length, MegaByte - at), length - _position);
            _block.AsSpan(at, count).CopyTo(buffer);
            _position += count;
            if (hash)
            {
                _hash.AppendData(_block, at, count);
                Digest = _position == length ? Core.Images.Digest.OfHash(_hash.GetCurrentHash()) : null;
            }

            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }

        private static byte[] Fill()
        {
            var block = new byte[MegaByte];
            new Gatehouse.TestKit.Time.SeededEntropy().Fill(block);
            return block;
        }
    }
}
