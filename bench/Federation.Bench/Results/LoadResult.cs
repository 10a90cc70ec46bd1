using System.Diagnostics;

namespace Federation.Bench.Results;

/// <summary>Rate, latencies and cost of a run.</summary>
internal sealed record LoadResult(double PerSecond, double P50Milliseconds, double P99Milliseconds, double ProcessorMicroseconds)
{
    public static LoadResult Of(IEnumerable<long> latencies, double seconds, TimeSpan processorTime)
    {
        long[] sorted = [.. latencies];
        Array.Sort(sorted);
        if (sorted.Length == 0) throw new InvalidOperationException("Nothing was completed in the measured time.");
        return new(sorted.Length / seconds, At(sorted, 0.50), At(sorted, 0.99), processorTime.TotalMicroseconds / sorted.Length);
    }

    private static double At(long[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)] * 1000.0 / Stopwatch.Frequency;
}
