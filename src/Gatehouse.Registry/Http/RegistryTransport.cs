using System.Net;
using Gatehouse.Core.Time;
using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.Registry.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Registry.Http;

/// <summary>Reads a successful response. Faults of reading count as faults of the try.</summary>
internal delegate Task<RegistryResult<T>> ResponseReader<T>(HttpResponseMessage response, CancellationToken cancellationToken);

/// <summary>Makes calls to one host: authentication, redirects, retries within the budget, timeouts, failures as values.</summary>
/// <param name="ids">Where ids of calls come from; null for hosts that are not the estate's, which are sent none.</param>
internal sealed class RegistryTransport(
    RegistryAddress registry,
    RedirectRules redirects,
    RegistryHttp http,
    GrantStore grants,
    RetryBudget budget,
    RetryDelays delays,
    RegistryOptions options,
    TimeProvider clock,
    IEntropy? ids,
    ILogger log)
{
    private const int MaxErrorBytes = 4 * 1024;

    /// <summary>The result of one try. Without a status, nothing is known of what the registry did.</summary>
    private sealed record Try<T>(RegistryResult<T> Result, bool Transient);

    public async Task<RegistryResult<T>> SendAsync<T>(RegistryCall call, ResponseReader<T> read, CancellationToken cancellationToken)
    {
        budget.Deposit();
        call = ids is null ? call : call with { Id = CallIds.Next(ids) };
        for (var retry = 1; ; retry++)
        {
            var outcome = await TryAsync(call, read, cancellationToken);
            if (outcome.Result.TryGet(out _, out var failure))
            {
                return outcome.Result;
            }

            if (failure.Kind == RegistryFailureKind.Untrustworthy)
            {
                Log.Untrustworthy(log, failure.RequestLine, failure.Explanation);
            }

            if (!outcome.Transient || !await MayRetryAsync(call, failure, retry, cancellationToken))
            {
                if (ids is not null && failure.Kind is RegistryFailureKind.Throttled or RegistryFailureKind.Unavailable)
                {
                    Log.CallFailed(log, failure.RequestLine, failure.Message, failure.ClientRequestId, failure.RequestId);
                }

                return outcome.Result;
            }
        }
    }

    /// <summary>Waits until another try is due; false when there shall be none.</summary>
    public async Task<bool> WaitForRetryAsync(RegistryFailure failure, int retry, CancellationToken cancellationToken)
    {
        if (retry > options.MaxRetries || delays.Before(retry, failure.RetryAfter) is not { } delay)
        {
            return false;
        }

        if (!budget.TryTake())
        {
            Log.RetryBudgetEmpty(log, failure.RequestLine, registry.Host);
            return false;
        }

        Log.Retrying(log, failure.RequestLine, failure.Explanation, delay, retry);
        await delays.WaitAsync(delay, cancellationToken);
        return true;
    }

    private async Task<bool> MayRetryAsync(RegistryCall call, RegistryFailure failure, int retry, CancellationToken cancellationToken) =>
        (call.Repeatable || failure.Kind == RegistryFailureKind.Throttled) && await WaitForRetryAsync(failure, retry, cancellationToken);

    private async Task<Try<T>> TryAsync<T>(RegistryCall call, ResponseReader<T> read, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.RequestTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            var answer = await AuthenticatedAsync(call, both.Token);
            if (!answer.TryGet(out response, out var failure))
            {
                return new Try<T>(failure, IsTransient(failure));
            }

            if (!response.IsSuccessStatusCode)
            {
                failure = await FailureOfAsync(call, response, both.Token);
                return new Try<T>(failure, IsTransient(failure));
            }

            WarnOf(response);
            var result = await read(response, both.Token);
            if (call.Streams && result.IsOk)
            {
                response = null;
            }

            return new Try<T>(result, Transient: false);
        }
        catch (Exception e) when (TransportFaults.Explain(e, call.Line, cancellationToken) is { } fault)
        {
            return new Try<T>(fault.Failure with { ClientRequestId = call.Id }, fault.Transient);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private static bool IsTransient(RegistryFailure failure) => failure.Status is { } status
        ? RetryDelays.IsTransient(status)
        : failure.Kind == RegistryFailureKind.Unavailable;

    private async Task<RegistryResult<HttpResponseMessage>> AuthenticatedAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        var current = await grants.CurrentAsync(call.Scope, cancellationToken);
        if (!current.TryGet(out var grant, out var failure) && failure is not null)
        {
            return Failures.OfAuthentication(failure);
        }

        var first = await FollowingAsync(call, grant, cancellationToken);
        if (!first.TryGet(out var response, out _) || response.StatusCode != HttpStatusCode.Unauthorized || !redirects.IsRegistry(response.RequestMessage!.RequestUri!))
        {
            return first;
        }

        var challenges = ChallengeParser.Parse(response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values : []);
        if (challenges.Count == 0)
        {
            return first;
        }

        response.Dispose();
        var answer = await grants.AnswerAsync(call.Scope, challenges, grant, cancellationToken);
        return answer.TryGet(out var fresh, out failure) ? await FollowingAsync(call, fresh, cancellationToken) : Failures.OfAuthentication(failure);
    }

    private async Task<RegistryResult<HttpResponseMessage>> FollowingAsync(RegistryCall call, AuthGrant? grant, CancellationToken cancellationToken)
    {
        var (uri, left) = (call.Uri, false);
        for (var hop = 0; ; hop++)
        {
            using var request = call.ToRequest(uri);
            left |= !redirects.IsRegistry(uri);
            if (grant is not null && !left)
            {
                // Once a redirect has left the registry the credentials stay behind, even if it leads back.
                request.Headers.TryAddWithoutValidation("Authorization", grant.Header);
            }

            if (call.Id is not null && !left)
            {
                request.Headers.TryAddWithoutValidation(CallIds.ClientRequestId, call.Id);
            }

            var response = await http.SendAsync(registry.Host, request, redirects.PublicOnly(uri), cancellationToken);
            if (call.Id is not null && !left && response.Headers.NonValidated.TryGetValues(RegistryAllowance.Header, out var remaining))
            {
                RegistryAllowance.Tell(registry.Host, RegistryAllowance.ClassOf(call.Method), remaining.ToString());
            }

            if (!IsRedirect(response.StatusCode) || (call.Method != HttpMethod.Get && call.Method != HttpMethod.Head))
            {
                return response;
            }

            var (next, failure) = Next(call, uri, response, hop);
            response.Dispose();
            if (next is null)
            {
                return failure!;
            }

            uri = next;
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private (Uri? Next, RegistryFailure? Failure) Next(RegistryCall call, Uri from, HttpResponseMessage response, int hop)
    {
        if (hop >= options.MaxRedirects)
        {
            return (null, Failures.Untrustworthy(call.Line, $"redirected more than {options.MaxRedirects} times", response.StatusCode));
        }

        if (response.Headers.Location is not { } location || !Uri.TryCreate(from, location, out var next))
        {
            return (null, Failures.Untrustworthy(call.Line, "redirected to nowhere: Location is missing or no URL", response.StatusCode));
        }

        return redirects.Objection(next) is { } objection ? (null, Failures.Untrustworthy(call.Line, objection, response.StatusCode)) : (next, null);
    }

    private async Task<RegistryFailure> FailureOfAsync(RegistryCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = [];
        try
        {
            body = await BoundedBody.ReadPrefixAsync(response.Content, MaxErrorBytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            // The status is the answer; a broken body only leaves the message out.
        }

        return Failures.OfStatus(call.Line, response.StatusCode, body, delays.Asked(response)) with { ClientRequestId = call.Id, RequestId = CallIds.Read(response) };
    }

    private void WarnOf(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.TryGetValues("Warning", out var warnings))
        {
            foreach (var warning in warnings.Take(8))
            {
                Log.RegistryWarning(log, registry.Host, Documents.ErrorEnvelope.Printable(System.Text.Encoding.UTF8.GetBytes(warning), 1024));
            }
        }
    }
}
