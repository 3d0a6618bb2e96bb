using System.Buffers;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Policies.Patterns;

/// <summary>
/// A pattern of <see cref="ImageReference.Name"/>: <c>*</c> and <c>?</c> inside a segment, <c>**</c> for any number of segments.
/// One that could never match a name is refused, for in a deny list it would protect from nothing.
/// </summary>
internal sealed class SourcePattern
{
    public const int MaxLength = 256;

    /// <summary>Every character of an image name but the slash. Letters first: they make the plainest examples.</summary>
    public const string NameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-._:[]";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(NameCharacters + "/*?");

    private readonly string _prefix;

    private SourcePattern(string text)
    {
        Text = text;
        Glob = Glob.OfPath(text);
        var wildcard = text.AsSpan().IndexOfAny('*', '?');
        _prefix = wildcard < 0 ? text : text[..wildcard].TrimEnd('/');
    }

    public string Text { get; }

    public Glob Glob { get; }

    /// <param name="problem">What is wrong with it, when it is not a pattern.</param>
    public static SourcePattern? TryParse(string text, out string problem)
    {
        problem = FindProblem(text);
        return problem.Length == 0 ? new SourcePattern(text) : null;
    }

    /// <param name="name">Registry and repository, without tag and digest.</param>
    public bool Matches(string name) => name.StartsWith(_prefix, StringComparison.Ordinal) && Glob.Matches("/" + name);

    /// <summary>False when no name can match both, for they begin differently.</summary>
    public bool CanMeet(SourcePattern other) =>
        _prefix.StartsWith(other._prefix, StringComparison.Ordinal) || other._prefix.StartsWith(_prefix, StringComparison.Ordinal);

    public override string ToString() => Text;

    private static string FindProblem(string text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return $"it has {text.Length} characters; a pattern has 1 to {MaxLength}";
        }

        if (text.Any(char.IsAsciiLetterUpper))
        {
            return $"image names are lower case; write '{text.ToLowerInvariant()}'";
        }

        var segments = text.Split('/');
        if (text.Contains('@', StringComparison.Ordinal) || segments.Skip(1).Any(segment => segment.Contains(':', StringComparison.Ordinal)))
        {
            return "a source is a registry and a repository, without tag and digest";
        }

        if (text.AsSpan().IndexOfAnyExcept(Allowed) is var odd and >= 0)
        {
            return $"'{text[odd]}' is in no image name; use lower-case letters, digits, '.', '_', '-', ':' and '/', and the wildcards '*', '**' and '?'";
        }

        if (segments.Any(segment => segment.Length == 0))
        {
            return "it has an empty segment; take out the extra '/'";
        }

        return segments.FirstOrDefault(segment => segment != "**" && segment.Contains("**", StringComparison.Ordinal)) is { } mixed
            ? $"'**' stands for whole segments and must stand alone between slashes, not as in '{mixed}'"
            : FindRegistryProblem(text, segments);
    }

    private static string FindRegistryProblem(string text, string[] segments)
    {
        var registry = segments[0];
        var rest = string.Join('/', segments.Skip(1));
        if (registry.AsSpan().IndexOfAny(".:*?") < 0 && registry != "localhost")
        {
            return $"it begins with '{registry}', which is no registry; for Docker Hub write '{ImageReference.DockerHub}/{(segments.Length == 1 ? "library/" : string.Empty)}{text}'";
        }

        if (registry != "**" && segments.Length == 1)
        {
            return $"it names no repository; for all of a registry write '{text}/**'";
        }

        // What ImageReference.Parse writes differently can never match.
        if (registry is "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com")
        {
            return $"images of Docker Hub are named '{ImageReference.DockerHub}/…'; write '{ImageReference.DockerHub}/{rest}'";
        }

        if (registry.AsSpan().IndexOfAny('*', '?') < 0 && RegistryHost.Normalise(registry) is var host && (host != registry || !RegistryHost.IsValid(host)))
        {
            return host == registry ? $"'{registry}' is not a registry host" : $"image names write '{registry}' as '{host}'";
        }

        return registry == ImageReference.DockerHub && segments.Length == 2 && segments[1] != "**"
            ? $"Docker Hub's names have two segments or more; write '{ImageReference.DockerHub}/library/{rest}', or '{ImageReference.DockerHub}/**' for all of it"
            : string.Empty;
    }
}
