using System.Text.Json.Serialization;

namespace Gatehouse.Functions.Triggers;

/// <summary>The body of every successful invocation. The host hangs until its function timeout on an empty body or <c>null</c>.</summary>
/// <remarks>Nothing is ever put in <see cref="Outputs"/>: the host decodes strings that happen to be base64.</remarks>
internal sealed class InvocationAnswer(IReadOnlyList<string> logs)
{
    [JsonPropertyName("Outputs")]
    public IReadOnlyDictionary<string, string> Outputs { get; } = new Dictionary<string, string>();

    /// <summary>Each becomes an entry of the function's own log.</summary>
    [JsonPropertyName("Logs")]
    public IReadOnlyList<string> Logs { get; } = logs;

    [JsonPropertyName("ReturnValue")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ReturnValue { get; }
}
