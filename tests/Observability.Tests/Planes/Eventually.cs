namespace Observability.Tests.Planes;

/// <summary>Waits for what must come, and says what did not.</summary>
internal static class Eventually
{
    // Generous: only a hang reaches it, however slow the machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until nothing is missing.</summary>
    /// <param name="what">What is waited for.</param>
    /// <param name="missing">What is missing still; null or empty when it has come.</param>
    public static async Task NothingMissingAsync(string what, Func<Task<string?>> missing)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (await missing() is { Length: > 0 } still)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience) Assert.Fail($"not within {Patience.TotalSeconds:0} s: {what}\n{still}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
