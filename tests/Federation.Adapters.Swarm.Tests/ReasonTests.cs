using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>What a swarm cannot do is told in its own words.</summary>
public sealed class ReasonTests(TwoMachines machines)
{
    [Fact]
    public async Task Refusals_SayWhyInTheSwarmsOwnWords()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate huge = SwarmRig.Serving() with { Resources = new ResourceRequirements { Cpu = new(500_000) } };
        WorkloadTemplate absent = SwarmRig.Serving() with { Image = "no-such-image:9" };
        WorkloadTemplate crashing = SwarmRig.Serving() with { Container = new ContainerTemplate { Command = ["/bin/sh", "-c", "exit 7"] }, Restart = new RestartPolicy { BackoffSeconds = 60 } };
        WorkloadTemplate unsaid = SwarmRig.Serving() with { Container = new ContainerTemplate { Tmpfs = [new TmpfsMount { Path = "/tmp", Options = ["noexec"] }] } };
        await rig.ApplyAsync(rig.Order("huge", 1, huge), rig.Order("absent", 1, absent), rig.Order("crashing", 1, crashing), rig.Order("unsaid", 1, unsaid));
        await rig.SeeAsync(static set =>
            set.Replicas.Any(static replica => replica.Workload.Name == "huge" && replica.Message?.Contains("no suitable node", StringComparison.Ordinal) == true)
            && set.Replicas.Any(static replica => replica.Workload.Name == "absent" && $"{replica.LastEnd}{replica.Message}".Contains("No such image: no-such-image:9", StringComparison.Ordinal))
            && set.Replicas.Any(static replica => replica is { Workload.Name: "crashing", State: ReplicaState.BackOff, LastEnd: "exit code 7" })
            && set.Replicas.Any(static replica => replica is { Workload.Name: "unsaid", State: ReplicaState.BackOff } && replica.Message!.Contains("/tmp has mount options", StringComparison.Ordinal)));
    }
}
