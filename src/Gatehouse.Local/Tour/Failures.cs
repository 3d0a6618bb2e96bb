using System.Net.Sockets;
using Gatehouse.Local.Api;

namespace Gatehouse.Local.Tour;

internal static class Failures
{
    /// <summary>Whether its message tells a person what to do about it; anything else is a fault of this program, and shown whole.</summary>
    public static bool IsTold(Exception exception) => exception
        is StepFailedException or ApiException or HttpRequestException or SocketException or IOException or UnauthorizedAccessException or InvalidOperationException
        or OperationCanceledException { InnerException: TimeoutException };
}
