using System.Buffers.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.KeyVault;

/// <param name="RetryAfter">How long the vault wants to be left alone; null when it does not say.</param>
internal sealed record VaultAnswer<T>(Result<T> Result, TimeSpan? RetryAfter = null);

/// <summary>
/// The two calls we make. Source: Key Vault REST API, Get Key and Sign. The scope of our tokens is configured; what a challenge asks for is
/// only told to people, never obeyed, and what an answer names as its key is only compared, never called.
/// </summary>
internal sealed partial class KeyVaultClient(
    IOptions<AzureOptions> azure, IOptions<KeyVaultOptions> options, TokenCredential credential, HttpPipelineTransport transport, TimeProvider clock, ILogger<KeyVaultClient> log)
{
    private const int MaxBytes = 64 * 1024;
    private const int SignatureLength = 64;

    private readonly KeyVaultOptions _options = options.Value;

    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(
        new AzureClientOptions(azure.Value, transport, clock, log: log),
        new FreshTokenPolicy(credential, options.Value.Scope!, clock, log));

    public async Task<VaultAnswer<VaultKey>> GetAsync(VaultKeyId key, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(RequestMethod.Get, key.ToString(), null, cancellationToken);
        return new VaultAnswer<VaultKey>(answer.IsSuccess ? VaultKey.Read(key, answer.Body, clock.GetUtcNow()) : Refused(key, answer), answer.RetryAfter);
    }

    /// <summary>ES256 over a SHA-256 digest, checked against the public key before anyone gets it.</summary>
    public async Task<VaultAnswer<byte[]>> SignAsync(VaultKey key, byte[] digest, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(RequestMethod.Post, key.Id + "/sign", $$"""{"alg":"ES256","value":"{{Base64Url.EncodeToString(digest)}}"}""", cancellationToken);
        return new VaultAnswer<byte[]>(answer.IsSuccess ? ReadSignature(key, digest, answer.Body) : Refused(key.Id, answer), answer.RetryAfter);
    }

    private static Result<byte[]> ReadSignature(VaultKey key, byte[] digest, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.GetProperty("kid").GetString() is var kid && VaultKeyId.TryParse(kid) is not { } id)
            {
                return KeyVaultErrors.Malformed(key.Id, $"it is a signature of the key '{kid}'");
            }

            var signature = Base64Url.DecodeFromChars(document.RootElement.GetProperty("value").GetString());
            return id.IsSameKey(key.Id) && id.Version == key.Id.Version && signature.Length == SignatureLength && key.Verifies(digest, signature)
                ? signature
                : KeyVaultErrors.SignatureWrong(key.Id);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return KeyVaultErrors.Malformed(key.Id, "the signature cannot be read");
        }
    }

    private Error Refused(VaultKeyId key, AzureAnswer answer)
    {
        if (answer.Fault is { } fault)
        {
            return KeyVaultErrors.Unreachable(key, fault);
        }

        var error = ErrorBody.Read(answer.Body);
        var detail = error.Code is null ? $"it says '{answer.Excerpt()}'" : $"{error.Code}: {OneLine(error.Message)}";
        var inner = InnerCode(answer.Body);
        return (answer.Status, inner) switch
        {
            (401, _) => KeyVaultErrors.Unauthorized(key, _options.Scope!, Resource(answer)),
            (403, "KeyDisabled") => KeyVaultErrors.Disabled(key),
            (403, "KeyExpired") => KeyVaultErrors.Expired(key, null),
            (403, "KeyNotYetValid") => KeyVaultErrors.NotYetValid(key, null),
            (403, _) => KeyVaultErrors.Forbidden(key, inner, detail),
            (404, _) when error.Code is not null => KeyVaultErrors.KeyUnknown(key),
            (429, _) => KeyVaultErrors.Throttled(key, answer.RetryAfter),
            _ => KeyVaultErrors.Failed(key, answer.Status, detail),
        };
    }

    /// <summary>The resource the challenge names, and nothing else of it.</summary>
    private static string? Resource(AzureAnswer answer) =>
        answer.Headers.TryGetValue("WWW-Authenticate", out var challenge) && Challenge().Match(challenge) is { Success: true } match ? $"'{match.Groups["resource"].Value}'" : null;

    private static string? InnerCode(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetProperty("error").GetProperty("innererror").GetProperty("code").GetString();
        }
        catch (Exception absent) when (absent is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task<AzureAnswer> SendAsync(RequestMethod method, string url, string? body, CancellationToken cancellationToken) => _pipeline.SendAsync(
        request =>
        {
            request.Method = method;
            request.Uri.Reset(new Uri($"{url}?api-version={_options.ApiVersion}"));
            if (body is not null)
            {
                request.Content = RequestContent.Create(body);
                request.Headers.SetValue("Content-Type", "application/json");
            }
        },
        "application/json",
        MaxBytes,
        cancellationToken);

    [GeneratedRegex("(?:resource|scope)=\"(?<resource>[^\"]{1,200})\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Challenge();
}
