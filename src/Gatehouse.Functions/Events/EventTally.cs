namespace Gatehouse.Functions.Events;

/// <summary>What became of a batch of events.</summary>
internal sealed class EventTally
{
    public int Pushes { get; set; }

    public int Updates { get; set; }

    public int Intakes { get; set; }

    /// <summary>Of types that do not concern us.</summary>
    public int Ignored { get; set; }

    /// <summary>Unreadable, and put on the poison queue.</summary>
    public int Kept { get; set; }

    /// <summary>Readable, but what they are for could not be done now.</summary>
    public int Failed { get; set; }

    public override string ToString() =>
        $"{Pushes} pushes observed, {Updates} upstream updates, {Intakes} intakes; {Ignored} events ignored, {Kept} kept as unreadable.";
}
