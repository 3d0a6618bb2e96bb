using System.CommandLine;

namespace Gatehouse.Cli;

/// <summary>Options every command takes. The token has no default value on purpose: help prints default values.</summary>
internal sealed class GlobalOptions
{
    public const string UrlVariable = "GATEHOUSE_URL";
    public const string TokenVariable = "GATEHOUSE_TOKEN";
    public const string DefaultUrl = "http://127.0.0.1:7071";

    public Option<string> Url { get; } = new("--url")
    {
        Description = $"Where Gatehouse answers; https, or http on this machine only. Without it {UrlVariable}, else {DefaultUrl}.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string> Token { get; } = new("--token")
    {
        Description = $"The bearer token. Without it {TokenVariable}, which, unlike this option, other users of the machine cannot see.",
        HelpName = "TOKEN",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the API's own JSON on stdout instead of tables.",
        Recursive = true,
    };

    public string UrlOf(ParseResult parse, CliEnvironment environment) =>
        parse.GetValue(Url) ?? NotEmpty(environment.Variable(UrlVariable)) ?? DefaultUrl;

    public string? TokenOf(ParseResult parse, CliEnvironment environment) =>
        NotEmpty(parse.GetValue(Token)) ?? NotEmpty(environment.Variable(TokenVariable));

    /// <summary>Every token given, whether the command line makes sense or not.</summary>
    public IReadOnlyList<string> SecretsOf(ParseResult parse, CliEnvironment environment) =>
        [.. parse.GetResult(Token)?.Tokens.Select(token => token.Value) ?? [], .. NotEmpty(environment.Variable(TokenVariable)) is { } variable ? [variable] : Array.Empty<string>()];

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
