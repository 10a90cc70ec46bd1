using System.Globalization;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Reconciling;
using Federation.Adapters.Node.Replicas;
using Federation.Contracts.Api;
using Federation.Domain.Observation;

namespace Federation.Agent.Node;

/// <summary>Measures what the node and its replicas use: by the kernel's counters, twice.</summary>
public sealed class NodeUsageReader(NodeReconciler reconciler, NodeReplicaHost host, AgentOptions options, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(300);

    // USER_HZ, which is 100 on every architecture that .NET runs on.
    private const long TicksPerSecond = 100;

    public async Task<NodeUsage> MeasureAsync(CancellationToken cancellationToken)
    {
        Sample before = await TakeAsync(cancellationToken);
        await Task.Delay(Window, time, cancellationToken);
        Sample after = await TakeAsync(cancellationToken);
        double seconds = time.GetElapsedTime(before.At, after.At).TotalSeconds;
        return new NodeUsage(
            options.Cluster.Value, options.Node.Value,
            Rate((after.CpuTicks - before.CpuTicks) * 1000 / TicksPerSecond), options.Capacity.Cpu.Value,
            UsedMemory(), options.Capacity.Memory.Value,
            after.Received - before.Received is { } received ? Rate(received) : null, after.Sent - before.Sent is { } sent ? Rate(sent) : null,
            [.. after.Replicas.Select(pair => View(pair.Key, pair.Value))]);

        long Rate(double amount) => (long)Math.Max(0, Math.Round(amount / seconds));

        ReplicaUsageView View(ReplicaObservation replica, ReplicaUsage usage)
        {
            long? cpu = host.CountsCpuOf(replica.Id) && before.Replicas.TryGetValue(replica, out ReplicaUsage earlier) && usage.Cpu >= earlier.Cpu ? Rate((usage.Cpu - earlier.Cpu).TotalMilliseconds) : null;
            return new ReplicaUsageView(replica.Id.Value, replica.Workload.Tenant.Value, replica.Workload.Namespace, replica.Workload.Name,
                cpu, host.CountsMemoryOf(replica.Id) ? usage.MemoryBytes : null, host.MemoryLimitOf(replica.Id));
        }
    }

    private async Task<Sample> TakeAsync(CancellationToken cancellationToken)
    {
        await host.RefreshUsageAsync(cancellationToken);
        (long? received, long? sent) = Network();
        return new Sample(time.GetTimestamp(), CpuTicks(), received, sent,
            reconciler.Current.Replicas.Where(static replica => replica.Running).ToDictionary(static replica => replica, replica => host.UsageOf(replica.Id), SameReplica.Instance));
    }

    // proc(5): user nice system idle iowait irq softirq steal; the guests' time is within user's.
    private static long CpuTicks()
    {
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
        return ticks.Sum() - ticks[3] - ticks[4];
    }

    private static long UsedMemory()
    {
        long total = 0, available = 0;
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var name, var kilobytes, ..]) continue;
            if (name == "MemTotal:") total = long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
            if (name == "MemAvailable:") available = long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
        }
        return total - available;
    }

    // Two lines of headings; then NAME: received bytes, 7 more, sent bytes.
    private static (long? Received, long? Sent) Network()
    {
        if (!File.Exists("/proc/net/dev")) return (null, null);
        long received = 0, sent = 0;
        foreach (string line in File.ReadLines("/proc/net/dev").Skip(2))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string[] fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (colon < 0 || fields.Length < 9 || line[..colon].Trim() == "lo") continue;
            received += long.Parse(fields[0], CultureInfo.InvariantCulture);
            sent += long.Parse(fields[8], CultureInfo.InvariantCulture);
        }
        return (received, sent);
    }

    private sealed record Sample(long At, long CpuTicks, long? Received, long? Sent, IReadOnlyDictionary<ReplicaObservation, ReplicaUsage> Replicas);

    // A process of its own counts from zero: only the same one is compared.
    private sealed class SameReplica : IEqualityComparer<ReplicaObservation>
    {
        public static SameReplica Instance { get; } = new();

        public bool Equals(ReplicaObservation? x, ReplicaObservation? y) => x?.Id == y?.Id && x?.Restarts == y?.Restarts;

        public int GetHashCode(ReplicaObservation replica) => replica.Id.GetHashCode();
    }
}
