using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Telemetry;

namespace Gatehouse.Azure.Tokens;

/// <summary>One request to a registry's token service. Source: Azure/acr docs/AAD-OAuth.md.</summary>
internal sealed class TokenService(AzurePipelines pipelines)
{
    /// <summary>Longest token, in characters.</summary>
    private const int MaxTokenLength = 64 * 1024;

    /// <param name="form">Fields in order; a name may repeat.</param>
    /// <param name="field">The field of the answer that holds the token.</param>
    public async Task<RegistryResult<string>> RequestAsync(Uri uri, IEnumerable<(string Name, string Value)> form, string field, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(string.Join('&', form.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}")));
        var answer = await pipelines.Tokens.SendAsync(
            message =>
            {
                message.Method = RequestMethod.Post;
                message.Uri.Reset(uri);
                message.Headers.SetValue("Content-Type", "application/x-www-form-urlencoded");
                message.Content = RequestContent.Create(body);
            },
            cancellationToken);
        RegistryAllowance.Tell(uri.Authority, RegistryAllowance.SignIn, answer.Headers.GetValueOrDefault(RegistryAllowance.Header));
        return Read(answer, $"POST {uri.GetLeftPart(UriPartial.Path)}", field);
    }

    /// <summary>One GET for an access token, as somebody or as nobody.</summary>
    /// <param name="authorization">The whole value of <c>Authorization</c>; null for none.</param>
    public async Task<RegistryResult<string>> AskAsync(Uri uri, string? authorization, CancellationToken cancellationToken)
    {
        var answer = await pipelines.Tokens.SendAsync(
            message =>
            {
                message.Method = RequestMethod.Get;
                message.Uri.Reset(uri);
                if (authorization is not null)
                {
                    message.Headers.SetValue("Authorization", authorization);
                }
            },
            cancellationToken);

        RegistryAllowance.Tell(uri.Authority, RegistryAllowance.SignIn, answer.Headers.GetValueOrDefault(RegistryAllowance.Header));

        // Either name may be used, with one meaning. Source: distribution token specification.
        return Read(answer, $"GET {uri.GetLeftPart(UriPartial.Path)}", "access_token", "token");
    }

    private static RegistryResult<string> Read(AzureAnswer answer, string line, params ReadOnlySpan<string> fields) =>
        answer.IsSuccess ? Token(answer, line, fields) : Failure(answer, line);

    private static RegistryResult<string> Token(AzureAnswer answer, string line, ReadOnlySpan<string> fields)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            foreach (var field in fields)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(field, out var value)
                    && value.ValueKind == JsonValueKind.String
                    && value.GetString() is { Length: > 0 and <= MaxTokenLength } token
                    && token.All(c => c is > ' ' and <= '~'))
                {
                    return token;
                }
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Falls through to the same failure as a document without a token.
        }

        return new RegistryFailure(RegistryFailureKind.Untrustworthy, $"answered {answer.Status} without a usable '{fields[0]}'", line, (HttpStatusCode)answer.Status);
    }

    private static RegistryFailure Failure(AzureAnswer answer, string line)
    {
        if (answer.Fault is { } fault)
        {
            return new RegistryFailure(RegistryFailureKind.Unavailable, $"{fault.Code}: {fault.Message}", line) { ClientRequestId = answer.ClientRequestId };
        }

        var kind = answer.Status switch
        {
            401 or 403 => RegistryFailureKind.Denied,
            429 => RegistryFailureKind.Throttled,
            408 or >= 500 => RegistryFailureKind.Unavailable,
            >= 400 => RegistryFailureKind.Refused,
            _ => RegistryFailureKind.Untrustworthy,
        };
        var error = ErrorBody.Read(answer.Body);
        return new RegistryFailure(
            kind,
            $"answered {answer.Status} {error.Code} {error.Message}".Trim(),
            line,
            (HttpStatusCode)answer.Status,
            error.Code is { } code ? [code] : [],
            answer.RetryAfter)
        {
            ClientRequestId = answer.ClientRequestId,
            RequestId = answer.CorrelationId ?? answer.RequestId,
        };
    }
}
