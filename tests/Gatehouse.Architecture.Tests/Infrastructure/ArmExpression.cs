using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>The few template functions that snapshots leave for Azure to evaluate, as the public cloud does. Source: ARM template functions.</summary>
internal sealed class ArmExpression
{
    private static readonly JsonSerializerOptions AsArmWrites = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _text;
    private int _at;

    private ArmExpression(string text) => _text = text;

    /// <exception cref="InvalidDataException">It uses what is not known here.</exception>
    public static JsonNode? Evaluate(string expression)
    {
        if (!expression.StartsWith('['))
        {
            return JsonValue.Create(expression);
        }

        var reader = new ArmExpression(expression[1..^1]);
        var value = reader.Read();
        return reader._at == reader._text.Length ? value : throw reader.Unknown("the end");
    }

    private JsonNode? Read()
    {
        var value = _text[_at] == '\'' ? ReadText() : ReadCall();
        while (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            value = value![ReadName()];
        }

        return value;
    }

    private JsonValue ReadText()
    {
        var text = new System.Text.StringBuilder();
        for (_at++; _text[_at] != '\'' || (_at + 1 < _text.Length && _text[_at + 1] == '\''); _at++)
        {
            text.Append(_text[_at]);
            _at += _text[_at] == '\'' ? 1 : 0;
        }

        _at++;
        return JsonValue.Create(text.ToString());
    }

    private JsonNode? ReadCall()
    {
        var name = ReadName();
        var arguments = new List<JsonNode?>();
        for (Expect('('); _text[_at] != ')';)
        {
            arguments.Add(Read());
            if (_text[_at] == ',')
            {
                _at += 2;
            }
        }

        Expect(')');
        return Call(name, arguments);
    }

    private JsonNode? Call(string name, List<JsonNode?> arguments) => name switch
    {
        "environment" => new JsonObject { ["suffixes"] = new JsonObject { ["acrLoginServer"] = ".azurecr.io" } },
        "createArray" => new JsonArray([.. arguments]),
        "createObject" => new JsonObject(arguments.Chunk(2).Select(pair => KeyValuePair.Create(Text(pair[0]), pair[1]))),
        "string" => JsonValue.Create(arguments[0]!.ToJsonString(AsArmWrites)),
        "toLower" => JsonValue.Create(Text(arguments[0]).ToLowerInvariant()),
        "replace" => JsonValue.Create(Text(arguments[0]).Replace(Text(arguments[1]), Text(arguments[2]), StringComparison.Ordinal)),
        "join" => JsonValue.Create(string.Join(Text(arguments[1]), arguments[0]!.AsArray().Select(Text))),
        "format" => JsonValue.Create(string.Format(System.Globalization.CultureInfo.InvariantCulture, Text(arguments[0]), [.. arguments.Skip(1).Select(Text)])),
        _ => throw Unknown(name),
    };

    private string ReadName()
    {
        var start = _at;
        while (_at < _text.Length && char.IsLetterOrDigit(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private void Expect(char expected) => _at = _text[_at] == expected ? _at + 1 : throw Unknown($"'{expected}'");

    private InvalidDataException Unknown(string what) => new($"{what} at {_at} of {_text}");

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
