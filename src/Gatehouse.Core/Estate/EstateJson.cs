using System.Text.Json.Serialization;

namespace Gatehouse.Core.Estate;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EstateMap))]
[JsonSerializable(typeof(ReleasedImage))]
[JsonSerializable(typeof(ReleasePointer))]
[JsonSerializable(typeof(TagHolder))]
[JsonSerializable(typeof(ReplicaState))]
[JsonSerializable(typeof(RepositoryDrift))]
internal sealed partial class EstateJson : JsonSerializerContext;
