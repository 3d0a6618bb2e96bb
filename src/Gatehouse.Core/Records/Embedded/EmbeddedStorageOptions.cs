namespace Gatehouse.Core.Records.Embedded;

public sealed class EmbeddedStorageOptions
{
    /// <summary>Holds <c>records/</c> and <c>queues/</c>; created at first use. Required.</summary>
    public string Directory { get; set; } = "";
}
