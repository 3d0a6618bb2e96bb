namespace Gatehouse.Core.Events;

/// <summary>A CloudEvent that tells of one ledger entry.</summary>
/// <param name="Id">Of the ledger event, so that subscribers can drop what they have seen.</param>
/// <param name="Type">One of <see cref="GovernanceEventTypes"/>.</param>
/// <param name="Json">One CloudEvents 1.0 object, the bytes that are sent.</param>
public sealed record GovernanceEvent(string Id, string Type, long LedgerIndex, ReadOnlyMemory<byte> Json);
