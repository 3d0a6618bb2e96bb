namespace Gatehouse.Core.Images;

/// <summary>What an upstream said of a reference.</summary>
public abstract record Resolution
{
    private Resolution()
    {
    }

    public sealed record Found(Candidate Candidate) : Resolution;

    /// <summary>The upstream answers, and has no such image.</summary>
    public sealed record NotFound(string Reason) : Resolution;

    /// <summary>The upstream answers with something that is not an acceptable image, e.g. bytes that do not match their digest.</summary>
    public sealed record Unacceptable(string Code, string Reason) : Resolution;

    /// <summary>No answer now: unreachable, throttled, not authorised.</summary>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter) : Resolution;
}

/// <summary>Turns references into candidates.</summary>
public interface IImageResolver
{
    /// <summary>Reads manifests and configurations (not layers), and everything that refers to them.</summary>
    Task<Resolution> ResolveAsync(ImageReference reference, CancellationToken cancellationToken);

    /// <summary>Where the tag points now, by one HEAD; for watches.</summary>
    Task<TagState> HeadAsync(ImageReference reference, CancellationToken cancellationToken);

    /// <summary>All tags of a repository, in the registry's order.</summary>
    Task<TagListing> ListTagsAsync(ImageReference repository, CancellationToken cancellationToken);
}

public abstract record TagState
{
    private TagState()
    {
    }

    public sealed record At(Digest Digest) : TagState;

    public sealed record Gone : TagState;

    /// <param name="Throttled">The answer was 429, with or without a time to wait.</param>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter, bool Throttled = false) : TagState;
}

public abstract record TagListing
{
    private TagListing()
    {
    }

    public sealed record Listed(IReadOnlyList<string> Tags) : TagListing;

    /// <param name="Throttled">The answer was 429, with or without a time to wait.</param>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter, bool Throttled = false) : TagListing;
}
