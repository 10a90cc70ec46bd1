using System.Globalization;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Chaos;

/// <summary>A cluster that is lost with all of a thousand programs.</summary>
public sealed partial class ChaosScenario
{
    private const int Each = 50;

    [LongStep]
    public async Task Step51_Cut_OfAClusterWithAThousandPrograms_AllRunElsewhere()
    {
        await SettleAsync(toleration: 0);
        int programs = Long ? 1_000 : 100;
        string program = $"sleep {4_000_000_000L + Environment.ProcessId}", doomed = Clusters[0], name = programs.ToString("N0", CultureInfo.InvariantCulture);
        string[] others = Clusters[1..];
        string file = Path.Combine(Plane.Shared, "many.yaml");
        await ApplyAsync(Policy(doomed) + string.Concat(Enumerable.Range(0, programs / Each).Select(Many)));
        await RunAsync(programs);
        // Where they are they stay: a wider choice is no reason to move.
        await ApplyAsync(Policy(Clusters));

        DateTimeOffset cut = DateTimeOffset.UtcNow;
        _bed.WireOf(doomed).Cut();
        EventRecord suspected = await VerdictAsync(doomed, VerdictState.Suspect, cut);
        EventRecord lost = await VerdictAsync(doomed, VerdictState.Unreachable, cut);
        for (int i = 0; i < programs / Each; i++) await MovedAsync(doomed, $"many-{i}");
        ReplicaView[] replaced = [.. (await ManyAsync()).Where(replica => replica.Cluster != doomed)];
        DateTimeOffset ready = replaced.Max(replica => replica.StartedAt)!.Value;
        int[] shares = [.. replaced.CountBy(replica => replica.Cluster).Select(share => share.Value)];
        double fair = (double)programs / others.Length;
        string[] over = [.. await OvercommittedAsync()];
        Measured($"{name} programs in a cluster that is cut, until it is Suspect", (suspected.Time - cut).TotalSeconds, "s", 3);
        Measured($"{name} programs in a cluster that is cut, from Suspect until all run elsewhere", (ready - suspected.Time).TotalSeconds, "s", 20);
        Measured($"{name} programs in a cluster that is cut, from its loss until all run elsewhere", (ready - lost.Time).TotalSeconds, "s");
        Measured($"{name} programs in a cluster that is cut, nodes overcommitted", over.Length, "nodes", 0);
        Measured($"{name} programs in a cluster that is cut, the largest share above its fair part", 100 * ((shares.Max() / fair) - 1), "%", 10);
        Figure($"{name} programs cut off: Suspect after {(suspected.Time - cut).TotalSeconds:0.0} s, lost after {(lost.Time - cut).TotalSeconds:0.0} s, all elsewhere {(ready - lost.Time).TotalSeconds:0.0} s later, shares {string.Join(" and ", shares)}");

        Assert.True(over.Length == 0, string.Join('\n', over));
        Assert.Equal(programs, replaced.Length);
        Assert.True(shares.Max() <= fair * 1.1, $"the largest share is {shares.Max()}, a fair one {fair:0.0}");
        await RunAsync(2 * programs);
        _bed.WireOf(doomed).Heal();
        await WholeAsync();
        await Eventually.TrueAsync("the surplus has ended", () => Task.FromResult(Running(program) == programs), async () => (await Plane.FedctlAsync("get", "workloads")).All);
        for (int i = 0; i < programs / Each; i++) await Plane.Client.DeleteAsync(ResourceKind.Of<Workload>(), $"many-{i}", ct: Cancelled);
        await Eventually.TrueAsync("all have ended", () => Task.FromResult(Running(program) == 0), async () => (await Plane.FedctlAsync("get", "workloads")).All);

        // What has no check is ready when its process is a second old: with so many at once some are still on their way to their program.
        Task RunAsync(int wanted) => Eventually.TrueAsync($"{wanted} programs run on the machine", () => Task.FromResult(Running(program) == wanted), () => Task.FromResult($"{Running(program)} run"));

        async Task ApplyAsync(string text)
        {
            await File.WriteAllTextAsync(file, text, Cancelled);
            (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "170s")).Done();
        }

        async Task<IReadOnlyList<ReplicaView>> ManyAsync() =>
            [.. (await Plane.Client.AllReplicasAsync(ct: Cancelled)).Where(replica => replica.Id.StartsWith("many-", StringComparison.Ordinal) && replica.State == "Ready")];

        string Many(int number) => $$"""
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: many-{{number}} }
            spec:
              replicas: {{Each}}
              placementPolicy: many
              template:
                process: { command: sleep, arguments: ["{{program.Split(' ')[1]}}"] }
                resources: { cpu: 2m, memory: 1Mi }
                drainSeconds: 0

            """;

        static string Policy(params string[] clusters) => $$"""
            apiVersion: federation/v1
            kind: PlacementPolicy
            metadata: { name: many }
            spec:
              affinity: [{ key: federation/cluster, values: [{{string.Join(", ", clusters)}}] }]
              failover: { tolerationSeconds: 0 }

            """;
    }
}
