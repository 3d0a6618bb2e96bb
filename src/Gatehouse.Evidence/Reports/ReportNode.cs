using System.Text.Json;
using Gatehouse.Core.Images;

namespace Gatehouse.Evidence.Reports;

/// <summary>
/// One object of a report. Absent and null are the same, for producers differ in which they write; a value of a wrong kind is a problem
/// of the document, noted in its source, and reads as absent.
/// </summary>
internal readonly struct ReportNode(JsonElement element, NodePath path, ReportSource source)
{
    /// <summary>Longest name, version or identifier, in characters.</summary>
    public const int MaxTextLength = 1024;

    public NodePath Path => path;

    public ReportSource Source => source;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool Has(string name) => Find(name, out _);

    public bool IsList(string name) => Find(name, out var value) && value.ValueKind is JsonValueKind.Array;

    public ReportNode? Object(string name)
    {
        if (!Present(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new ReportNode(value, path.Child(name), source);
        }

        return Wrong(name, value, "an object");
    }

    /// <summary>The objects of a list; empty when it is absent.</summary>
    public IEnumerable<ReportNode> Objects(string name)
    {
        if (!Present(name, out var value))
        {
            yield break;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(name, value, "a list");
            yield break;
        }

        var list = path.Child(name);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var at = list.Child(index++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                source.Complain(at, $"must be an object, not {Kind(item)}");
                yield break;
            }

            yield return new ReportNode(item, at, source);
        }
    }

    /// <summary>The strings of a list; other things in it are passed over.</summary>
    public IEnumerable<string> Texts(string name) => Present(name, out var value) && value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(Unescape).OfType<string>()
        : [];

    /// <summary>A short string; null when absent or empty.</summary>
    public string? Text(string name) => LongText(name) switch
    {
        null or "" => null,
        { Length: > MaxTextLength } => WrongText(name, $"must have at most {MaxTextLength} characters"),
        var text => text,
    };

    /// <summary>A string of any length; null when absent.</summary>
    public string? LongText(string name)
    {
        if (!Present(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Unescape(value) ?? WrongText(name, "is not Unicode text"),
            JsonValueKind.Number => value.GetRawText(),
            _ => WrongText(name, $"must be a string, not {Kind(value)}"),
        };
    }

    /// <summary>A short string that must be there.</summary>
    public string RequiredText(string name) => Text(name) ?? WrongText(name, "must be a string of at least one character") ?? string.Empty;

    public bool? Flag(string name)
    {
        if (!Present(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        WrongText(name, $"must be true or false, not {Kind(value)}");
        return null;
    }

    /// <summary>An RFC 3339 time. Go's zero time means that nobody set it.</summary>
    public DateTimeOffset? Time(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        if (Find(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time))
        {
            return time.Year > 1 ? time : null;
        }

        WrongText(name, $"must be a time as RFC 3339 writes it, not '{text}'");
        return null;
    }

    /// <summary>A digest, alone or after the '@' of an image reference.</summary>
    public Digest? Digest(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Core.Images.Digest.TryParse(text[(text.LastIndexOf('@') + 1)..], out var digest))
        {
            return digest;
        }

        WrongText(name, $"must be sha256:<64 lower-case hex> or sha512:<128 lower-case hex>, not '{text}'");
        return null;
    }

    /// <summary>The digest of the first image reference in a list that has one.</summary>
    public Digest? FirstDigest(string name)
    {
        foreach (var reference in Texts(name))
        {
            if (Core.Images.Digest.TryParse(reference[(reference.LastIndexOf('@') + 1)..], out var digest))
            {
                return digest;
            }
        }

        return null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => value.GetRawText(),
    };

    /// <summary>Null when an escape in it is half a surrogate pair.</summary>
    private static string? Unescape(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private bool Present(string name, out JsonElement value) => Find(name, out value) && value.ValueKind != JsonValueKind.Null;

    private bool Find(string name, out JsonElement value)
    {
        value = default;
        try
        {
            return IsObject && element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            // Another name in the object is not Unicode text; System.Text.Json says so only on comparing.
            source.Complain(path, "has a name that is not Unicode text");
            return false;
        }
    }

    private ReportNode? Wrong(string name, JsonElement value, string wanted)
    {
        source.Complain(path.Child(name), $"must be {wanted}, not {Kind(value)}");
        return null;
    }

    private string? WrongText(string name, string why)
    {
        source.Complain(path.Child(name), why);
        return null;
    }
}
