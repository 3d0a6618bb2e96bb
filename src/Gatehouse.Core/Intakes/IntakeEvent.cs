namespace Gatehouse.Core.Intakes;

/// <summary>What a change wants recorded; the store gives it its id, time and place.</summary>
internal sealed record IntakeEvent(string Type, Actor By, IReadOnlyDictionary<string, string> Details)
{
    public static IntakeEvent Of(string type, Actor by, params (string Key, string? Value)[] details) => new(
        type,
        by,
        details.Where(detail => !string.IsNullOrEmpty(detail.Value)).ToDictionary(detail => detail.Key, detail => detail.Value!));
}
