namespace Gatehouse.Functions.Auth;

/// <summary>The issuer's keys, by the id tokens name them with.</summary>
internal interface IIssuerKeys
{
    /// <summary>Null when the issuer has no such key.</summary>
    /// <exception cref="IssuerUnavailableException">The issuer's keys cannot be read now, so no token can be judged.</exception>
    ValueTask<VerificationKey?> FindAsync(string id, CancellationToken cancellationToken);
}

/// <summary>The issuer did not give its keys; callers are told to come back, not that their token is bad.</summary>
internal sealed class IssuerUnavailableException : Exception
{
    public IssuerUnavailableException(string message)
        : base(message)
    {
    }

    public IssuerUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
