using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger;

internal static class LedgerErrors
{
    public static Error EntryUnknown(string eventId) =>
        new(ErrorKind.NotFound, "ledger-entry-unknown", $"The event '{eventId}' is not sealed in the ledger; it may still be waiting.", "eventId");

    public static Error SizeOutOfRange(string field, long size, long signed) =>
        new(ErrorKind.Invalid, "ledger-size-out-of-range", $"{size} is not a size of the signed ledger; give 1 to {signed}.", field);

    public static Error IndexOutOfRange(long index, long size) =>
        new(ErrorKind.Invalid, "ledger-index-out-of-range", $"{index} is not an entry of a ledger of {size} entries; give 0 to {size - 1}.", "index");

    public static Error NothingSealed() =>
        new(ErrorKind.NotFound, "ledger-empty", "The ledger has no signed checkpoint yet.");
}
