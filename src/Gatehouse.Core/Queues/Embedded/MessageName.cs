using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gatehouse.Core.Queues.Embedded;

/// <summary>All that changes about a message stands in its file's name, so that claiming, giving back and postponing are one rename each.</summary>
/// <remarks><c>visibleTicks.dequeueCount.insertedTicks.id.msg</c>; names sort by the time they become visible.</remarks>
internal sealed record MessageName(DateTimeOffset VisibleAt, int DequeueCount, DateTimeOffset InsertedAt, string Id)
{
    public const string Suffix = ".msg";

    public override string ToString() => $"{VisibleAt.UtcTicks:D19}.{DequeueCount:D5}.{InsertedAt.UtcTicks:D19}.{Id}{Suffix}";

    public static bool TryParse(string name, [NotNullWhen(true)] out MessageName? parsed)
    {
        parsed = null;
        var parts = name.Split('.');
        if (parts is not [var visible, var count, var inserted, var id, "msg"]
            || !TryTime(visible, out var visibleAt)
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var dequeueCount)
            || !TryTime(inserted, out var insertedAt))
        {
            return false;
        }

        parsed = new(visibleAt, dequeueCount, insertedAt, id);
        return true;
    }

    private static bool TryTime(string ticks, out DateTimeOffset time)
    {
        var ok = long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed <= DateTimeOffset.MaxValue.UtcTicks;
        time = ok ? new DateTimeOffset(parsed, TimeSpan.Zero) : default;
        return ok;
    }
}
