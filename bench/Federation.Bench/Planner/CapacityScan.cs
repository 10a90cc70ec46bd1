using System.Diagnostics;
using Federation.Domain.Quantities;

namespace Federation.Bench.Planner;

/// <summary>The plainest planner there could be: each replica goes to the node with the most room. No rule, no explanation, no stickiness.</summary>
internal static class CapacityScan
{
    private const int Runs = 3;

    /// <summary>The best of some runs, in milliseconds.</summary>
    public static double Measure(PlanWorld world)
    {
        long[] cpu = new long[world.Observed.Nodes.Count], memory = new long[cpu.Length];
        double best = double.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            for (int n = 0; n < cpu.Length; n++) (cpu[n], memory[n]) = (world.Observed.Nodes[n].Allocatable.Cpu.Value, world.Observed.Nodes[n].Allocatable.Memory.Value);
            long start = Stopwatch.GetTimestamp();
            foreach (var workload in world.Desired.Workloads)
            {
                // One look for each workload, not for each replica: less than any planner that divides.
                (CpuMillis wantedCpu, MemoryBytes wantedMemory) = (workload.Spec.Template.Resources!.Cpu, workload.Spec.Template.Resources.Memory);
                int replicas = workload.Spec.Replicas ?? 1;
                int chosen = Choose(cpu, memory, wantedCpu.Value * replicas, wantedMemory.Value * replicas);
                if (chosen < 0) continue;
                cpu[chosen] -= wantedCpu.Value * replicas;
                memory[chosen] -= wantedMemory.Value * replicas;
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Math.Round(best, 2);
    }

    private static int Choose(long[] cpu, long[] memory, long wantedCpu, long wantedMemory)
    {
        int chosen = -1;
        for (int n = 0; n < cpu.Length; n++)
        {
            if (cpu[n] >= wantedCpu && memory[n] >= wantedMemory && (chosen < 0 || cpu[n] > cpu[chosen])) chosen = n;
        }
        return chosen;
    }
}
