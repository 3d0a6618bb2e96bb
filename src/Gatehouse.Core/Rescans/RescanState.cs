using System.Text.Json.Serialization;
using Gatehouse.Core.Intakes;

namespace Gatehouse.Core.Rescans;

/// <summary>Where the rescans of one released image stand.</summary>
/// <param name="StartedAt">When the scanners were last asked anew.</param>
/// <param name="Scans">Of the running round; empty when none runs.</param>
/// <param name="Failures">What today's policy holds against it, rule by rule; empty when nothing.</param>
/// <param name="Rounds">Rounds judged; numbers the events.</param>
internal sealed record RescanState(DateTimeOffset StartedAt, IReadOnlyList<ScanJob> Scans, IReadOnlyList<string> Failures, int Rounds)
{
    public bool IsRunning => Scans.Count > 0;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RescanState))]
internal sealed partial class RescanJson : JsonSerializerContext;
