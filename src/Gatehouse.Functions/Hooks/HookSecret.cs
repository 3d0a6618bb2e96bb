using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Hooks;

/// <summary>Checks the secret a webhook carries, in the query as <c>code</c> or in the header <c>X-Gatehouse-Secret</c>.</summary>
internal static class HookSecret
{
    public const string Header = "X-Gatehouse-Secret";

    /// <summary>Null when the secret is right.</summary>
    public static Error? Check(HttpRequest request, string source, string? expected)
    {
        if (string.IsNullOrEmpty(expected))
        {
            return new Error(ErrorKind.NotFound, "hook-closed", $"The hook '{source}' is closed: Gatehouse:Hooks has no secret for it.");
        }

        var given = request.Headers[Header].Count > 0 ? request.Headers[Header].ToString() : request.Query["code"].ToString();
        return IsSame(given, expected)
            ? null
            : new Error(ErrorKind.Unauthenticated, "hook-secret-wrong", $"Send the hook's secret in the query as 'code', or in the header {Header}.");
    }

    /// <summary>Compares hashes, so that neither length nor content shows in the time taken.</summary>
    private static bool IsSame(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
