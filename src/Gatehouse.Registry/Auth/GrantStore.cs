using Gatehouse.Registry.Client;
using Gatehouse.Registry.Http;

namespace Gatehouse.Registry.Auth;

/// <summary>The grants of one host: cached by scope, fetched once however many callers wait, and fetched ahead once the host's way is known.</summary>
internal sealed class GrantStore(RegistryAddress registry, IRegistryAuthenticator authenticator, TimeProvider clock)
{
    /// <summary>Bounds memory in a sweep over very many repositories.</summary>
    private const int MaxGrants = 4096;

    /// <summary>A grant this close to its end may not survive the request.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, AuthGrant> _grants = [];
    private readonly Dictionary<string, Task<RegistryResult<AuthGrant>>> _flights = [];
    private readonly Dictionary<string, string> _aliases = [];
    private IReadOnlyList<AuthChallenge>? _known;
    private string? _hostScope;

    /// <summary>What to send before being asked; null while the host has not asked for anything.</summary>
    public async ValueTask<RegistryResult<AuthGrant?>> CurrentAsync(string? scope, CancellationToken cancellationToken)
    {
        string actual;
        IReadOnlyList<AuthChallenge> challenges;
        lock (_gate)
        {
            if (_known is null)
            {
                return (AuthGrant?)null;
            }

            actual = _hostScope ?? _aliases.GetValueOrDefault(scope ?? string.Empty, scope ?? string.Empty);
            if (_grants.TryGetValue(actual, out var grant) && IsFresh(grant))
            {
                return grant;
            }

            challenges = _known;
        }

        var fetched = await FetchAsync(actual, challenges, cancellationToken);
        return fetched.TryGet(out var value, out var failure) ? value : failure;
    }

    /// <summary>Answers a 401.</summary>
    /// <param name="rejected">What was sent and not taken.</param>
    public Task<RegistryResult<AuthGrant>> AnswerAsync(string? scope, IReadOnlyList<AuthChallenge> challenges, AuthGrant? rejected, CancellationToken cancellationToken)
    {
        var demanded = challenges.FirstOrDefault(challenge => challenge.Scheme == "bearer")?["scope"];
        var expected = scope ?? string.Empty;
        var actual = string.IsNullOrWhiteSpace(demanded) ? expected : demanded;
        lock (_gate)
        {
            _known = challenges;
            if (actual != expected)
            {
                Remember(expected, actual);
            }

            if (_grants.TryGetValue(actual, out var grant))
            {
                if (grant != rejected && IsFresh(grant))
                {
                    return Task.FromResult<RegistryResult<AuthGrant>>(grant);
                }

                _grants.Remove(actual);
            }
        }

        return FetchAsync(actual, challenges, cancellationToken);
    }

    private void Remember(string expected, string actual)
    {
        // A scope that names no repository (ECR public sends "aws") is the same for every call.
        if (!actual.Contains(':', StringComparison.Ordinal))
        {
            _hostScope = actual;
            return;
        }

        if (_aliases.Count >= MaxGrants)
        {
            _aliases.Clear();
        }

        _aliases[expected] = actual;
    }

    private async Task<RegistryResult<AuthGrant>> FetchAsync(string scope, IReadOnlyList<AuthChallenge> challenges, CancellationToken cancellationToken)
    {
        Task<RegistryResult<AuthGrant>>? flight;
        lock (_gate)
        {
            if (!_flights.TryGetValue(scope, out flight))
            {
                // Its own task: one waiter that gives up must not take the others' grant away.
                flight = Task.Run(() => AuthenticateAsync(scope, challenges), CancellationToken.None);
                _flights.Add(scope, flight);
            }
        }

        return await flight.WaitAsync(cancellationToken);
    }

    private async Task<RegistryResult<AuthGrant>> AuthenticateAsync(string scope, IReadOnlyList<AuthChallenge> challenges)
    {
        try
        {
            var demand = new AuthDemand(registry.Host, registry.BaseUri, [.. challenges.Select(challenge => WithScope(challenge, scope))], scope.Length == 0 ? null : scope);
            var result = await authenticator.AuthenticateAsync(demand, CancellationToken.None);
            if (result.TryGet(out var grant, out _))
            {
                Keep(scope, grant);
            }

            return result;
        }
        finally
        {
            lock (_gate)
            {
                _flights.Remove(scope);
            }
        }
    }

    // The challenge may stem from a call for another repository.
    private static AuthChallenge WithScope(AuthChallenge challenge, string scope)
    {
        if (challenge.Scheme != "bearer")
        {
            return challenge;
        }

        var parameters = challenge.Parameters.Where(entry => entry.Key != "scope").ToDictionary();
        if (scope.Length > 0)
        {
            parameters["scope"] = scope;
        }

        return challenge with { Parameters = parameters };
    }

    private void Keep(string scope, AuthGrant grant)
    {
        lock (_gate)
        {
            if (_grants.Count >= MaxGrants)
            {
                foreach (var (key, _) in _grants.Where(entry => !IsFresh(entry.Value)).ToList())
                {
                    _grants.Remove(key);
                }
            }

            if (_grants.Count >= MaxGrants)
            {
                _grants.Remove(_grants.MinBy(entry => entry.Value.ExpiresAt).Key);
            }

            _grants[scope] = grant;
        }
    }

    private bool IsFresh(AuthGrant grant) => grant.ExpiresAt - clock.GetUtcNow() > Margin;
}
