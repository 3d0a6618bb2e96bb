using Gatehouse.Core.Time;

namespace Gatehouse.Registry.Http;

/// <summary>The ids that calls are found by in a service's logs.</summary>
internal static class CallIds
{
    /// <summary>Source: Azure REST guidelines; a registry of Azure's takes it like every other service.</summary>
    public const string ClientRequestId = "x-ms-client-request-id";

    private const int MaxLength = 128;

    /// <summary>What services call their own id of a request: Azure's registries, Azure's other services and Quay, others, GitHub, AWS.</summary>
    private static readonly string[] Names = ["X-Ms-Correlation-Request-Id", "x-ms-request-id", "X-Request-Id", "X-GitHub-Request-Id", "x-amzn-RequestId"];

    public static string Next(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[16];
        entropy.Fill(bytes);
        return new Guid(bytes).ToString();
    }

    /// <summary>Null when the service gave none, or one that is no id.</summary>
    public static string? Read(HttpResponseMessage response)
    {
        foreach (var name in Names)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { Length: > 0 and <= MaxLength } id && id.All(c => c is > ' ' and <= '~'))
            {
                return id;
            }
        }

        return null;
    }
}
