using System.Net;

namespace Gatehouse.Emulator.Events;

/// <summary>When Event Grid tries again. Source: Event Grid delivery and retry.</summary>
internal static class RetrySchedule
{
    public const int MaxAttempts = 30;

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    /// <summary>Null when it is not tried again.</summary>
    /// <param name="failures">So far; 1 after the first.</param>
    /// <param name="status">Null when there was no answer.</param>
    public static TimeSpan? Next(int failures, HttpStatusCode? status)
    {
        if (failures >= MaxAttempts || status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
        {
            return null;
        }

        var least = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound => TimeSpan.FromMinutes(5),
            HttpStatusCode.RequestTimeout => TimeSpan.FromMinutes(2),
            HttpStatusCode.ServiceUnavailable => TimeSpan.FromSeconds(30),
            _ => TimeSpan.Zero,
        };
        var wait = Waits[Math.Min(failures, Waits.Length) - 1];
        return wait > least ? wait : least;
    }

    public static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and <= 204;
}
