using System.Text.RegularExpressions;
using Xunit;

namespace Gatehouse.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int MaxLines = 400;

    [Fact]
    public void Sources_EveryFile_HasAtMostFourHundredLines() => Assert.Empty(
        Repository.Sources.Concat(Repository.Texts).Where(path => Repository.Lines(path).Length > MaxLines).Select(path => $"{path}: {Repository.Lines(path).Length}"));

    [Fact]
    public void Tests_NoLine_Sleeps() => Assert.Empty(Find(path => path.StartsWith("tests/", StringComparison.Ordinal), Sleeping()));

    [Fact]
    public void Sources_NoLine_IsUnfinished() => Assert.Empty(Find(_ => true, Unfinished()));

    [Theory]
    [InlineData(".ci/run")]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData("docs/deploy.md")]
    [InlineData("infra/bicep/main.bicep")]
    [InlineData("infra/bicep/dev.bicepparam")]
    [InlineData("infra/entra/register-api.sh")]
    public void Texts_OfEachKind_AreLookedThrough(string path) => Assert.Contains(path, Repository.Texts);

    [Fact]
    public void Sources_NoCatch_TakesEverything() => Assert.Empty(Find(path => path.EndsWith(".cs", StringComparison.Ordinal), BareCatch()));

    [Fact]
    public void Sources_EveryNamespace_IsFileScopedAndFollowsTheFolder() => Assert.Empty(
        Repository.Sources.Where(path => Namespace(path) is { } declared && declared != Expected(path)).Select(path => $"{path}: {Namespace(path)}"));

    private static IEnumerable<string> Find(Func<string, bool> where, Regex pattern) => Repository.Sources.Concat(Repository.Texts)
        .Where(path => where(path) && !path.EndsWith($"/{nameof(SourceTests)}.cs", StringComparison.Ordinal))
        .SelectMany(path => Repository.Lines(path).Select((line, index) => (Line: line, Place: $"{path}:{index + 1}: {line.Trim()}")))
        .Where(line => pattern.IsMatch(line.Line))
        .Select(line => line.Place);

    private static string? Namespace(string path)
    {
        var match = Array.ConvertAll(Repository.Lines(path), line => NamespaceLine().Match(line)).FirstOrDefault(match => match.Success);
        return match?.Groups["name"].Value;
    }

    /// <summary><c>src/Gatehouse.Core/Estate/EstateMap.cs</c> is in <c>Gatehouse.Core.Estate</c>.</summary>
    private static string Expected(string path) => string.Join('.', path.Split('/')[1..^1]);

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b|\bTask\s*\.\s*Delay\b", RegexOptions.None, 1000)]
    private static partial Regex Sleeping();

    /// <summary>In pieces, so that the search does not find itself.</summary>
    [GeneratedRegex(@"\b(?:TO" + "DO|FIX" + "ME|HA" + "CK|NotImplemented" + @"Exception)\b", RegexOptions.None, 1000)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*\}?\s*catch\s*(?:\{.*)?$", RegexOptions.None, 1000)]
    private static partial Regex BareCatch();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*[;{]?\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamespaceLine();
}
