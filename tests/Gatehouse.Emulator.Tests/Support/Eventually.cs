namespace Gatehouse.Emulator.Tests.Support;

internal static class Eventually
{
    /// <summary>Yields until the condition holds; the test runner's token is the limit.</summary>
    public static async Task IsAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestEmulator.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
