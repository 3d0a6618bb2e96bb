using System.Globalization;

namespace Gatehouse.Core.Intakes;

/// <summary>A row key of the due index: time, intake, turn and kind.</summary>
internal readonly record struct GuardKey(DateTimeOffset At, string Intake, int Turn)
{
    public static GuardKey Parse(string row)
    {
        var parts = row.Split('~');
        return new GuardKey(
            new DateTimeOffset(long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero),
            parts[1],
            int.Parse(parts[2].AsSpan(0, parts[2].Length - 1), CultureInfo.InvariantCulture));
    }
}
