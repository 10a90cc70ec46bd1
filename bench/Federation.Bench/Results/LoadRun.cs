using System.Diagnostics;

namespace Federation.Bench.Results;

/// <summary>Drives an operation with concurrent callers, each as fast as it is answered, and measures after a warm-up.</summary>
internal static class LoadRun
{
    private const int Warming = 0, Measuring = 1, Ended = 2;

    /// <param name="callers">How many call at once.</param>
    /// <param name="warmUp">Time before the first call that counts.</param>
    /// <param name="measured">Time that counts.</param>
    /// <param name="processorTime">The processor time used so far by the side that is measured.</param>
    /// <param name="operation">Given the caller's number and its own source of chance.</param>
    public static async Task<LoadResult> RunAsync(int callers, TimeSpan warmUp, TimeSpan measured, Func<TimeSpan> processorTime, Func<int, Random, Task> operation)
    {
        int phase = Warming;
        var latencies = new List<long>[callers];
        var tasks = new Task[callers];
        for (int i = 0; i < callers; i++)
        {
            int caller = i;
            var mine = latencies[i] = new List<long>(1 << 14);
            tasks[i] = Task.Run(async () =>
            {
                var random = new Random(caller);
                while (Volatile.Read(ref phase) != Ended)
                {
                    long started = Stopwatch.GetTimestamp();
                    await operation(caller, random);
                    if (Volatile.Read(ref phase) == Measuring) mine.Add(Stopwatch.GetTimestamp() - started);
                }
            });
        }
        await Task.Delay(warmUp);
        long from = Stopwatch.GetTimestamp();
        var used = processorTime();
        Volatile.Write(ref phase, Measuring);
        await Task.WhenAny(Task.Delay(measured), Task.WhenAll(tasks));
        Volatile.Write(ref phase, Ended);
        used = processorTime() - used;
        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        await Task.WhenAll(tasks);
        return LoadResult.Of(latencies.SelectMany(list => list), seconds, used);
    }
}
