namespace Gatehouse.Registry.Auth;

/// <summary>One challenge of a <c>WWW-Authenticate</c> header. Source: RFC 9110 section 11.6.1.</summary>
/// <param name="Scheme">Lower case.</param>
/// <param name="Parameters">Names are lower case.</param>
public sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public string? this[string name] => Parameters.GetValueOrDefault(name);
}

/// <param name="BaseUri">Scheme, host and port of the registry.</param>
/// <param name="Scope">What the call needs, from the challenge or else from the call; null when neither says.</param>
public sealed record AuthDemand(string Host, Uri BaseUri, IReadOnlyList<AuthChallenge> Challenges, string? Scope);

/// <param name="Header">The whole value of <c>Authorization</c>.</param>
/// <param name="ExpiresAt">When to stop using it.</param>
public sealed record AuthGrant(string Header, DateTimeOffset ExpiresAt);

/// <summary>Answers registries' challenges. The client caches grants by host and scope; authenticators need not.</summary>
public interface IRegistryAuthenticator
{
    /// <summary>Whether this authenticator is the one for <paramref name="host"/>; the first that says yes is asked.</summary>
    bool Handles(string host);

    /// <summary>A grant, or a failure that the call then has.</summary>
    Task<Client.RegistryResult<AuthGrant>> AuthenticateAsync(AuthDemand demand, CancellationToken cancellationToken);
}
