using System.Collections.Concurrent;
using System.Globalization;
using Simulation.Tests.Invariants;
using Simulation.Tests.World;

namespace Simulation.Tests;

/// <summary>
/// Runs schedules from consecutive seeds. <c>FEDERATION_SCHEDULES</c> sets how many (default 40), <c>FEDERATION_SEED</c> the first. Three
/// failures end the run, or as many as <c>FEDERATION_FAILURES</c> says; with <c>FEDERATION_INVARIANT</c>, the first that breaks the invariant of that name does.
/// <c>FEDERATION_REPORT</c> names a file for the count of faults.
/// A failing seed is replayed alone by <c>FEDERATION_SEED=N FEDERATION_SCHEDULES=1 dotnet test --project tests/Simulation.Tests</c>.
/// </summary>
public class ScheduleTests
{
    [Fact]
    public void Run_ManySchedules_EveryInvariantHolds()
    {
        ulong first = ulong.Parse(Environment.GetEnvironmentVariable("FEDERATION_SEED") ?? "1", CultureInfo.InvariantCulture);
        ulong count = ulong.Parse(Environment.GetEnvironmentVariable("FEDERATION_SCHEDULES") ?? "40", CultureInfo.InvariantCulture);
        int most = int.Parse(Environment.GetEnvironmentVariable("FEDERATION_FAILURES") ?? "3", CultureInfo.InvariantCulture);
        string? wanted = Environment.GetEnvironmentVariable("FEDERATION_INVARIANT");
        var failures = new ConcurrentQueue<string>();
        var report = new ScheduleReport();
        ulong next = first - 1;
        bool over = false;
        // Each schedule has its own context and clock: as many run side by side as there are cores, taken in the order of the seeds.
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            for (ulong seed = Interlocked.Increment(ref next); seed < first + count && !Volatile.Read(ref over); seed = Interlocked.Increment(ref next))
            {
                ScheduleOutcome outcome = Schedule.Run(seed);
                report.Add(outcome);
                if (outcome.Failure is not { } failure) continue;
                failures.Enqueue($"seed {seed}: {failure.GetType().Name}: {failure.Message}\n{failure.StackTrace}\nlast steps:\n{outcome.Trace}");
                if (wanted is null ? failures.Count >= most : failure is InvariantBroken broken && broken.Invariant == wanted) Volatile.Write(ref over, true);
            }
        });
        if (Environment.GetEnvironmentVariable("FEDERATION_REPORT") is { Length: > 0 } path) report.Write(path);
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Run_SameSeedTwice_LeavesTheSameTrace(ulong seed) => Assert.Equal(Schedule.Run(seed).Digest, Schedule.Run(seed).Digest);
}
