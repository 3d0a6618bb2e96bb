using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Hosting;

/// <summary>Remembers the ports that were free last time, so that clients find the endpoints again after a restart.</summary>
internal sealed class PortBook(string dataDirectory)
{
    /// <summary>Below the ports that systems give out by themselves (Linux from 32768, others from 49152): nobody is given one of these while the emulator is away.</summary>
    private const int FirstPort = 20_000;

    private const int Ports = 12_000;

    /// <summary>Each process begins elsewhere, so that two do not want the same ones.</summary>
    private static int _last = Environment.ProcessId * 31;

    private readonly string _path = Path.Combine(dataDirectory, "ports.json");

    /// <summary>The configured port, else the one of last time if it is still free, else another free one.</summary>
    public void Propose(IReadOnlyList<EndpointTag> endpoints)
    {
        var known = File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), PortJson.Default.DictionaryStringInt32) ?? [] : [];
        foreach (var endpoint in endpoints)
        {
            endpoint.Port = endpoint.WantedPort > 0 ? endpoint.WantedPort : known.TryGetValue(endpoint.Key, out var port) && IsFree(port) ? port : NextFree();
        }
    }

    public void Remember(IReadOnlyList<EndpointTag> endpoints) =>
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(endpoints.ToDictionary(endpoint => endpoint.Key, endpoint => endpoint.Port), PortJson.Default.DictionaryStringInt32));

    /// <summary>0, which leaves the choice to the system, when none is free.</summary>
    private static int NextFree() => Enumerable.Range(0, Ports)
        .Select(_ => FirstPort + (int)((uint)Interlocked.Increment(ref _last) % Ports))
        .FirstOrDefault(IsFree);

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class PortJson : JsonSerializerContext;
