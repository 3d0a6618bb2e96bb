using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Hosting;

/// <summary>Remembers the ports that were free last time, so that clients find the endpoints again after a restart.</summary>
internal sealed class PortBook(string dataDirectory)
{
    private readonly string _path = Path.Combine(dataDirectory, "ports.json");

    /// <summary>The configured port, else the one of last time if it is still free, else another free one, else 0, which leaves the choice to the system.</summary>
    public void Propose(IReadOnlyList<EndpointTag> endpoints)
    {
        var known = File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), PortJson.Default.DictionaryStringInt32) ?? [] : [];
        foreach (var endpoint in endpoints)
        {
            endpoint.Port = endpoint.WantedPort > 0 ? endpoint.WantedPort : known.TryGetValue(endpoint.Key, out var port) && LoopbackPorts.IsFree(port) ? port : LoopbackPorts.NextFree() ?? 0;
        }
    }

    public void Remember(IReadOnlyList<EndpointTag> endpoints) =>
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(endpoints.ToDictionary(endpoint => endpoint.Key, endpoint => endpoint.Port), PortJson.Default.DictionaryStringInt32));
}

[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class PortJson : JsonSerializerContext;
