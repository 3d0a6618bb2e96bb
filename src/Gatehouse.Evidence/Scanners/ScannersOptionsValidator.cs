using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Evidence.Scanners;

/// <summary>Says everything that is wrong, not only the first thing.</summary>
internal sealed partial class ScannersOptionsValidator : IValidateOptions<ScannersOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, ScannersOptions options)
    {
        var problems = options.Scanners.SelectMany((scanner, index) => Problems(scanner, $"{ScannersOptions.ScannersKey}:{index}")).ToList();
        problems.AddRange(options.Scanners
            .GroupBy(scanner => scanner.Name)
            .Where(group => group.Key.Length > 0 && group.Count() > 1)
            .Select(group => $"{ScannersOptions.ScannersKey}: the name '{group.Key}' is given to {group.Count()} scanners; give each its own."));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(ScannerOptions scanner, string key)
    {
        if (!NamePattern().IsMatch(scanner.Name))
        {
            yield return $"{key}:Name is '{scanner.Name}'; write 1 to 63 lower-case letters, digits or '-'.";
        }

        if (!IsBase(scanner.Url))
        {
            yield return $"{key}:Url is '{Shown(scanner.Url)}'; write an https URL without user, query or fragment, or an http URL on loopback.";
        }

        if (scanner.RegistryUrlOverride is { } registry && !IsBase(registry))
        {
            yield return $"{key}:RegistryUrlOverride is '{Shown(registry)}'; write an https URL without user, query or fragment, or an http URL on loopback.";
        }

        if (scanner is { RegistryAuthorization.Length: > 0, RegistryUrlOverride: null })
        {
            yield return $"{key}:RegistryAuthorization is set without {key}:RegistryUrlOverride; set both or neither, so that the credential goes to one registry only.";
        }

        foreach (var problem in Problems(scanner.Authorization, $"{key}:Authorization"))
        {
            yield return problem;
        }

        if (scanner.Timeout < ShortestTimeout || scanner.Timeout > LongestTimeout)
        {
            yield return $"{key}:Timeout is {scanner.Timeout}; write a time from {ShortestTimeout} to {LongestTimeout}.";
        }
    }

    private static IEnumerable<string> Problems(ScannerAuthorizationOptions authorization, string key)
    {
        if (authorization.Parsed is null)
        {
            yield return $"{key}:Kind is '{authorization.Kind}'; write one of: {string.Join(", ", Enum.GetNames<ScannerAuthorization>())}.";
        }

        var hasSecret = !string.IsNullOrEmpty(authorization.Secret);
        if (authorization.Parsed is ScannerAuthorization.None && hasSecret)
        {
            yield return $"{key}:Secret is set, but {key}:Kind is None; write one of: Basic, Bearer, ApiKey.";
        }

        if (authorization.Parsed is not (null or ScannerAuthorization.None) && !hasSecret)
        {
            yield return $"{key}:Secret is empty, but {key}:Kind is {authorization.Kind}; set it.";
        }

        if (authorization.Secret?.Any(char.IsControl) is true)
        {
            yield return $"{key}:Secret has a control character, e.g. a line end; a header cannot carry it.";
        }

        if (authorization.Parsed is ScannerAuthorization.Basic && hasSecret && !authorization.Secret!.Contains(':', StringComparison.Ordinal))
        {
            yield return $"{key}:Secret has no ':'; for Basic write user:password.";
        }
    }

    private static bool IsBase(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri is { UserInfo: "", Query: "", Fragment: "" };

    /// <summary>A user part may be a password, so it is not repeated.</summary>
    private static string Shown(string url) => url.Contains('@', StringComparison.Ordinal) ? "(not shown: it has a user part)" : url;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z", RegexOptions.None, 1000)]
    private static partial Regex NamePattern();
}
