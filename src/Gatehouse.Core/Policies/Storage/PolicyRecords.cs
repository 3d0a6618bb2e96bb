using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Intakes;

namespace Gatehouse.Core.Policies.Storage;

/// <param name="Sha256">Of the text, lower-case hex.</param>
internal sealed record PolicyHead(int Version, string Sha256);

/// <param name="Text">UTF-8 of the YAML. Base64 in JSON, since escapes could grow a document beyond the size of a row.</param>
internal sealed record PolicyVersion(int Version, byte[] Text, string Sha256, Actor AppliedBy, DateTimeOffset AppliedAt)
{
    [JsonIgnore]
    public string Yaml => Encoding.UTF8.GetString(Text);

    public static PolicyVersion Create(int version, string yaml, Actor actor, DateTimeOffset at)
    {
        var text = Encoding.UTF8.GetBytes(yaml);
        return new PolicyVersion(version, text, Convert.ToHexStringLower(SHA256.HashData(text)), actor, at);
    }
}

/// <param name="Applies">How many applies the organization has seen.</param>
internal sealed record PolicyOrganization(long Applies);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PolicyHead))]
[JsonSerializable(typeof(PolicyVersion))]
[JsonSerializable(typeof(PolicyOrganization))]
internal sealed partial class PolicyJson : JsonSerializerContext
{
    /// <exception cref="InvalidDataException">The row holds something else.</exception>
    public static T Read<T>(Records.Record record, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Data.Span, type) ?? throw new InvalidDataException($"{record.Key} is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{record.Key} cannot be read: {exception.Message}", exception);
        }
    }
}
