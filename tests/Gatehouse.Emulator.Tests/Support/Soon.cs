using Gatehouse.TestKit.Time;

namespace Gatehouse.Emulator.Tests.Support;

internal static class Soon
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Waits for what the emulator does on its own, such as delivering an event.</summary>
    public static Task IsAsync(Func<bool> condition) =>
        Eventually.NothingIsMissingAsync(() => Task.FromResult(condition() ? null : "what the emulator does on its own"), Limit, TestEmulator.Token);
}
