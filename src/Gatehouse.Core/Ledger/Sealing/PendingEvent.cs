namespace Gatehouse.Core.Ledger.Sealing;

internal sealed record PendingEvent(string Id, string Partition, ReadOnlyMemory<byte> Data);

/// <param name="Events">By partition; in each, sorted by id.</param>
/// <param name="IsPartial">Whether more wait than were read.</param>
internal sealed record PendingWindow(IReadOnlyList<PendingEvent> Events, bool IsPartial);
