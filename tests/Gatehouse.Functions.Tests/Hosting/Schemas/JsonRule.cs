using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Functions.Tests.Hosting.Schemas;

/// <summary>Looks at one value, whose path is given, and says what is wrong with it.</summary>
internal delegate IEnumerable<string> JsonRule(string path, JsonNode? value);

/// <summary>The part of JSON schema that two file formats need. Unknown members are wrong: the host ignores them in silence.</summary>
internal static class JsonRules
{
    public static JsonRule Flag { get; } = Where(value => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False, "true or false");

    public static JsonRule Time { get; } = Text(text => TimeSpan.TryParseExact(text, "c", null, out var time) && time > TimeSpan.Zero, "a time above zero, hh:mm:ss");

    public static JsonRule Word(params string[] words) => Text(words.Contains, $"one of {string.Join(", ", words)}");

    public static JsonRule Number(int low, int high) =>
        Where(value => value?.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<int>(out var number) && number >= low && number <= high, $"a whole number from {low} to {high}");

    public static JsonRule Text(Func<string, bool> passes, string allowed) =>
        Where(value => value?.GetValueKind() == JsonValueKind.String && passes(value.GetValue<string>()), allowed);

    public static JsonRule List(JsonRule item) => (path, value) => value is JsonArray { Count: > 0 } array
        ? array.SelectMany((one, index) => item($"{path}[{index}]", one))
        : [$"{path}: a list of at least one"];

    /// <summary>Any names, each with a value of one kind.</summary>
    public static JsonRule Map(JsonRule item) => (path, value) => value is JsonObject map
        ? map.SelectMany(member => item($"{path}.{member.Key}", member.Value))
        : [$"{path}: an object"];

    /// <param name="members">By name; a name that ends in '!' is required.</param>
    public static JsonRule Object(Dictionary<string, JsonRule> members) => (path, value) =>
    {
        if (value is not JsonObject map)
        {
            return [$"{path}: an object"];
        }

        var known = members.ToDictionary(member => member.Key.TrimEnd('!'), member => member.Value);
        return
        [
            .. map.Where(member => !known.ContainsKey(member.Key)).Select(member => $"{path}.{member.Key}: unknown"),
            .. members.Keys.Where(name => name.EndsWith('!') && !map.ContainsKey(name.TrimEnd('!'))).Select(name => $"{path}.{name.TrimEnd('!')}: missing"),
            .. map.Where(member => known.ContainsKey(member.Key)).SelectMany(member => known[member.Key]($"{path}.{member.Key}", member.Value)),
        ];
    };

    private static JsonRule Where(Func<JsonNode?, bool> passes, string allowed) => (path, value) => passes(value) ? [] : [$"{path}: {allowed}"];
}
