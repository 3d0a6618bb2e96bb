using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Scopes;

public enum ScopeLevel
{
    Organization = 1,
    Program = 2,
    Project = 3,
    Application = 4,
}

/// <summary>Where governance applies: <c>organization[/program[/project[/application]]]</c>, e.g. <c>contoso/payments/ledger/api</c>.</summary>
[JsonConverter(typeof(ScopeJsonConverter))]
public sealed record Scope
{
    /// <summary>Longest segment, in characters.</summary>
    public const int MaxSegmentLength = 63;

    private Scope(string path) => Path = path;

    public string Path { get; }

    public ScopeLevel Level => (ScopeLevel)(Path.Count(c => c == '/') + 1);

    public Scope? Parent => Path.LastIndexOf('/') is var slash and > 0 ? new Scope(Path[..slash]) : null;

    public Scope Root => Path.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? new Scope(Path[..slash]) : this;

    public static Result<Scope> Parse(string? text) => text is not null && IsPath(text)
        ? new Scope(text)
        : new Error(
            ErrorKind.Invalid,
            "scope-malformed",
            $"'{text}' is not a scope; write one to four segments organization/program/project/application of lower-case letters, digits and '-', each at most {MaxSegmentLength} characters.",
            "scope");

    /// <summary>The organization first, this scope last.</summary>
    public IReadOnlyList<Scope> FromRoot()
    {
        var chain = new List<Scope>(4);
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            chain.Insert(0, scope);
        }

        return chain;
    }

    /// <summary>Whether <paramref name="other"/> is this scope or below it.</summary>
    public bool Contains(Scope other) => other.Path == Path || other.Path.StartsWith(Path + "/", StringComparison.Ordinal);

    public override string ToString() => Path;

    private static bool IsPath(ReadOnlySpan<char> text)
    {
        var segments = 0;
        foreach (var range in text.Split('/'))
        {
            var segment = text[range];
            if (++segments > (int)ScopeLevel.Application || segment.Length is 0 or > MaxSegmentLength
                || segment[0] == '-' || segment[^1] == '-' || segment.ContainsAnyExcept(SegmentCharacters))
            {
                return false;
            }
        }

        return true;
    }

    private static readonly SearchValues<char> SegmentCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}

internal sealed class ScopeJsonConverter : JsonConverter<Scope>
{
    public override Scope Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Scope.Parse(reader.GetString()).TryGet(out var scope, out var error) ? scope : throw new JsonException(error.Message);

    public override void Write(Utf8JsonWriter writer, Scope value, JsonSerializerOptions options) => writer.WriteStringValue(value.Path);
}
