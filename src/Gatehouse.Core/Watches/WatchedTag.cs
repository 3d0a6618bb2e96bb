using System.Text.Json.Serialization;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Watches;

/// <summary>What a watch knows of one tag; its row in the record store.</summary>
/// <param name="Digest">Last seen; null while only its existence, or its absence, is known.</param>
/// <param name="Absent">The upstream had no such tag when it was first asked, so that its coming is news.</param>
/// <param name="Moves">Ledger events made of it; the next one's sequence number.</param>
internal sealed record WatchedTag(string Tag, Digest? Digest, bool Absent, int Moves);

/// <param name="ETag">Null when there is no row yet.</param>
internal sealed record StoredTag(WatchedTag State, string? ETag);

/// <summary>Says that a watch with wildcards has seen the list of tags once; those that come later are new.</summary>
internal sealed record WatchBaseline(DateTimeOffset At);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Watch))]
[JsonSerializable(typeof(WatchedTag))]
[JsonSerializable(typeof(WatchBaseline))]
internal sealed partial class WatchJson : JsonSerializerContext;
