namespace Gatehouse.Functions.Tests.Hosting.Schemas;

/// <summary>Six fields: second, minute, hour, day, month, day of the week. Source: the timer trigger's NCRONTAB expressions.</summary>
internal static class NCronTab
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly (int Low, int High, string[] Names)[] Fields = [(0, 59, []), (0, 59, []), (0, 23, []), (1, 31, []), (1, 12, Months), (0, 6, Days)];

    public static bool IsValid(string schedule)
    {
        var fields = schedule.Split(' ');
        return fields.Length == Fields.Length && fields.Select((field, i) => field.Split(',').All(part => IsPart(part, Fields[i]))).All(valid => valid);
    }

    /// <summary><c>*</c>, a value or a range, each with a step or without.</summary>
    private static bool IsPart(string part, (int Low, int High, string[] Names) field)
    {
        var halves = part.Split('/');
        if (halves.Length > 2 || (halves.Length == 2 && !(int.TryParse(halves[1], out var step) && step > 0 && step <= field.High)))
        {
            return false;
        }

        if (halves[0] == "*")
        {
            return true;
        }

        var ends = Array.ConvertAll(halves[0].Split('-'), end => Value(end, field));
        return ends.Length <= 2 && !ends.Contains(null) && ends[0] <= ends[^1];
    }

    private static int? Value(string text, (int Low, int High, string[] Names) field) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) && number >= field.Low && number <= field.High ? number
        : Array.IndexOf(field.Names, text.ToLowerInvariant()) is >= 0 and var index ? index + field.Low
        : null;
}
