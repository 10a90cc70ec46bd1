using System.Globalization;
using Simulation.Tests.World;

namespace Simulation.Tests;

/// <summary>
/// Runs schedules from consecutive seeds. <c>FEDERATION_SCHEDULES</c> sets how many (default 40), <c>FEDERATION_SEED</c> the first.
/// A failing seed is replayed alone by <c>FEDERATION_SEED=N FEDERATION_SCHEDULES=1 dotnet test --project tests/Simulation.Tests</c>.
/// </summary>
public class ScheduleTests
{
    [Fact]
    public void Run_ManySchedules_EveryInvariantHolds()
    {
        ulong first = ulong.Parse(Environment.GetEnvironmentVariable("FEDERATION_SEED") ?? "1", CultureInfo.InvariantCulture);
        int count = int.Parse(Environment.GetEnvironmentVariable("FEDERATION_SCHEDULES") ?? "40", CultureInfo.InvariantCulture);
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            ulong seed = first + (ulong)i;
            if (failures.Count >= 3) return;
            try
            {
                Schedule.Run(seed);
            }
            catch (Exception e)
            {
                failures.Enqueue($"seed {seed}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}\nlast steps:\n{e.Data["trace"]}");
            }
        });
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Run_SameSeedTwice_LeavesTheSameTrace(ulong seed) => Assert.Equal(Schedule.Run(seed), Schedule.Run(seed));
}
