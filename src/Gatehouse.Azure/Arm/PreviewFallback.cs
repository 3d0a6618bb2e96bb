using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Arm;

/// <summary>Reads with the preview version, which tells more, and with the stable one where Resource Manager does not know the preview: previews are withdrawn, and other clouds get them late.</summary>
internal sealed class PreviewFallback(ArmClient client, TimeProvider clock, ILogger log)
{
    /// <summary>How long a preview stays unknown before it is asked for again, by one instance.</summary>
    internal static readonly TimeSpan Remembered = TimeSpan.FromHours(6);

    /// <summary>The service publishes no list of them; they have been seen with 400, and a type unknown to a version also with 404.</summary>
    private static readonly HashSet<string> Codes = new(StringComparer.OrdinalIgnoreCase)
    {
        "InvalidApiVersion",
        "InvalidApiVersionParameter",
        "InvalidResourceType",
        "NoRegisteredProviderFound",
        "UnsupportedApiVersion",
    };

    private long _stableUntil;

    /// <param name="read">By version.</param>
    public async Task<Result<T>> ReadAsync<T>(Func<string, Task<Result<T>>> read)
    {
        var now = clock.GetUtcNow();
        if (now.UtcTicks < Interlocked.Read(ref _stableUntil))
        {
            return await read(client.ApiVersion);
        }

        var result = await read(client.PreviewApiVersion);
        if (result.IsOk || result.Error is not ArmFailure { Status: 400 or 404 } failure || !Codes.Contains(failure.Code))
        {
            return result;
        }

        // Of those that found it out at the same time, one tells.
        if (Interlocked.Exchange(ref _stableUntil, (now + Remembered).UtcTicks) <= now.UtcTicks)
        {
            log.PreviewUnknown(client.PreviewApiVersion, client.ApiVersion, failure.Code, failure.ClientRequestId, failure.RequestId);
        }

        return await read(client.ApiVersion);
    }
}
