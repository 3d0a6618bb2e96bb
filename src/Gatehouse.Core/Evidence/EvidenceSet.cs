using Gatehouse.Core.Images;

namespace Gatehouse.Core.Evidence;

/// <summary>Evidence is three-state: a fact, the known lack of one, or no answer. No answer is never a yes.</summary>
public enum EvidenceState
{
    Unknown,
    Absent,
    Present,
}

/// <summary>What is known from one scanner.</summary>
/// <param name="Reason">Why it is not present; null when it is.</param>
public sealed record ScanEvidence(string Scanner, EvidenceState State, ScanReport? Report, string? Reason, DateTimeOffset At);

/// <summary>Everything a verdict rests on.</summary>
public sealed record EvidenceSet(Candidate Candidate, IReadOnlyList<ScanEvidence> Scans)
{
    /// <summary>The image as it was asked for; a candidate's source always has a digest, so only this says whether the request had one. Null counts as a request by tag.</summary>
    public ImageReference? Requested { get; init; }
}
