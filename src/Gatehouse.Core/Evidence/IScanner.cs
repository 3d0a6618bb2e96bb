using Gatehouse.Core.Images;

namespace Gatehouse.Core.Evidence;

/// <summary>A scanner that is asked, and answers later.</summary>
public interface IScanner
{
    /// <summary>The name policy asks for it by: lower-case letters, digits and '-'.</summary>
    string Name { get; }

    Task<ScanProgress> SubmitAsync(Candidate candidate, CancellationToken cancellationToken);

    /// <param name="ticket">What <see cref="ScanProgress.Submitted"/> carried.</param>
    Task<ScanProgress> PollAsync(Candidate candidate, string ticket, CancellationToken cancellationToken);
}

/// <summary>Where one scan stands.</summary>
public abstract record ScanProgress
{
    private ScanProgress()
    {
    }

    /// <summary>Accepted; ask again with the ticket, not before <paramref name="RetryAfter"/>.</summary>
    public sealed record Submitted(string Ticket, TimeSpan? RetryAfter) : ScanProgress;

    public sealed record Reported(ScanReport Report) : ScanProgress;

    /// <summary>The scanner refuses this image for good, e.g. an artifact type it cannot read.</summary>
    public sealed record Refused(string Reason) : ScanProgress;

    /// <summary>No answer now; the ticket, if there was one, is lost when <paramref name="TicketLost"/>.</summary>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter, bool TicketLost = false) : ScanProgress;
}
