namespace EndToEnd.Tests.Planes;

/// <summary>Waits for what must come, and says what did not.</summary>
internal static class Eventually
{
    /// <summary>Generous: only a hang reaches it, however slow the machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task TrueAsync(string what, Func<Task<bool>> condition, Func<Task<string>>? describe = null) =>
        await NotNullAsync(what, async () => await condition() ? what : null, describe);

    public static async Task<T> NotNullAsync<T>(string what, Func<Task<T?>> find, Func<Task<string>>? describe = null) where T : class
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await find() is { } found) return found;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"not within {Patience.TotalSeconds:0} s: {what}{(describe is null ? "" : $"\n{await describe()}")}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
