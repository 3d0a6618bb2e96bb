using System.Text.Json.Serialization;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Estate;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EstateMap))]
[JsonSerializable(typeof(ReleasedImage))]
[JsonSerializable(typeof(ReleasePointer))]
[JsonSerializable(typeof(TagHolder))]
[JsonSerializable(typeof(ReplicaState))]
[JsonSerializable(typeof(RepositoryDrift))]
[JsonSerializable(typeof(LedgerEvent))]
internal sealed partial class EstateJson : JsonSerializerContext;
