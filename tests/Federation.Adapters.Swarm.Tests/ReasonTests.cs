using System.Globalization;
using System.Text.Json;
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
        WorkloadTemplate unsaid = SwarmRig.Serving() with { Container = new ContainerTemplate { Tmpfs = [new TmpfsMount { Path = "/tmp", Options = ["exec"] }] } };
        await rig.ApplyAsync(rig.Order("huge", 1, huge), rig.Order("absent", 1, absent), rig.Order("crashing", 1, crashing), rig.Order("unsaid", 1, unsaid));
        await rig.SeeAsync(static set =>
            set.Replicas.Any(static replica => replica.Workload.Name == "huge" && replica.Message?.Contains("no suitable node", StringComparison.Ordinal) == true)
            && set.Replicas.Any(static replica => replica.Workload.Name == "absent" && $"{replica.LastEnd}{replica.Message}".Contains("No such image: no-such-image:9", StringComparison.Ordinal))
            && set.Replicas.Any(static replica => replica is { Workload.Name: "crashing", State: ReplicaState.BackOff, LastEnd: "exit code 7" })
            && set.Replicas.Any(static replica => replica is { Workload.Name: "unsaid", State: ReplicaState.BackOff } && replica.Message!.Contains("/tmp has the mount option exec", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Order_ThatTheManagerFailsAt_KeepsNoOtherFromBeingCarriedOut()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        // More than the managers can agree on: they answer 500.
        string much = new('x', 2 * 1024 * 1024);
        WorkloadTemplate wide = SwarmRig.Serving(), serving = SwarmRig.Serving();
        wide = wide with { Container = wide.Container! with { Networks = [new NetworkAttachment { Name = "wide", Internal = true, Labels = new Dictionary<string, string> { ["much"] = much } }] } };
        await rig.ApplyAsync(rig.Order("api", 1, wide), rig.Order("big", 1, serving with { Environment = new Dictionary<string, string> { ["MUCH"] = much } }), rig.Order("web", 1));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.BackOff) == 2
            && set.Replicas.Any(static replica => replica is { Workload.Name: "web", State: ReplicaState.Ready }) && set.Nodes[0].AppliedRevision > 0);
        Assert.Null(rig.Reconciler.Silence);
        Assert.Contains("too large", Message("big"), StringComparison.Ordinal);
        Assert.StartsWith("the network ", Message("api"), StringComparison.Ordinal);
        Assert.Contains("too large", Message("api"), StringComparison.Ordinal);

        string Message(string workload) => seen.Replicas.Single(replica => replica.Workload.Name == workload).Message!;
    }

    [Fact]
    public async Task Image_OfARegistry_IsFetchedByAllMachinesWithTheLoginThatCameWithTheOrder()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SmallRegistry registry = await SmallRegistry.StartAsync("shop", "battery staple", bed.Outside);
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate serving = SwarmRig.Serving();
        WorkloadTemplate template = serving with
        {
            Image = $"{registry.Host}/team/app:1",
            ImagePullSecrets = ["logins"],
            Secrets = [new FileReference { Name = "logins", Version = 1, Files = [] }],
            Container = serving.Container! with { Nodes = new NodePlacement { MaxPerNode = 1 } },
        };
        await rig.ApplyAsync([new DesiredAssignment(rig.Order("private", 2, template), [PlainMaterial.Of("Secret", "logins", 1, registry.LoginFile("shop", "battery staple"))])]);
        await rig.SeeReadyAsync(2);
        // It is for who fetches, and nothing that a program could find.
        Assert.Empty(await rig.ServicesAsync("secrets"));
        Assert.DoesNotContain("staple", (await rig.ServicesAsync())[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_OnItsMachines_AreTheirOwnersToGrant_AndHardeningNeedsNone()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate serving = SwarmRig.Serving();
        WorkloadTemplate taking = serving with { Container = serving.Container! with { Binds = [new BindMount { Source = "/", Path = "/machine" }] } };
        WorkloadTemplate hardened = serving with { Container = serving.Container! with { CapDrop = ["ALL"], CapAdd = ["net_bind_service"] } };
        WorkloadTemplate fixedly = serving with { Container = serving.Container! with { SecurityOptions = ["no-new-privileges:true"] } };
        WorkloadTemplate parted = serving with { Volumes = [new VolumeReference { Name = "data", Path = "/data", SubPath = "part" }] };
        await rig.ApplyAsync(rig.Order("taking", 1, taking), rig.Order("hardened", 1, hardened), rig.Order("fixedly", 1, fixedly), rig.Order("parted", 1, parted));
        using JsonDocument version = await bed.Manager.GetAsync("version");
        // An older engine would take the word, and start the program without obeying it.
        string engine = version.RootElement.GetProperty("Version").GetString()!;
        int major = int.Parse(engine.Split('.')[0], CultureInfo.InvariantCulture);
        bool obeyed = major >= 25;
        ClusterObservationSet seen = await rig.SeeAsync(set =>
            set.Replicas.Any(static replica => replica is { Workload.Name: "taking", State: ReplicaState.BackOff }) && set.Replicas.Any(static replica => replica is { Workload.Name: "hardened", State: ReplicaState.Ready })
            && set.Replicas.Any(replica => replica.Workload.Name == "fixedly" && replica.State == (obeyed ? ReplicaState.Ready : ReplicaState.BackOff)));
        Assert.Equal(
            "its template needs binds, which this agent does not offer; nothing of it is started here: rights on a machine are its owner's to grant (Agent__MachineRights=true for its agent)",
            Message("taking"));
        if (!obeyed) Assert.Equal("its template needs no-new-privileges, which this agent does not offer; nothing of it is started here", Message("fixedly"));
        if (major < 27)
        {
            seen = await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { Workload.Name: "parted", State: ReplicaState.BackOff }));
            Assert.StartsWith("the part part of the volume data is wanted, and the machine ", Message("parted"), StringComparison.Ordinal);
            Assert.EndsWith($" has the engine {engine}: a swarm shows parts of volumes from Docker 27 on", Message("parted"), StringComparison.Ordinal);
        }
        Assert.Empty(seen.Nodes[0].Capabilities.Intersect(OfferedCapabilities.Swarm.Rights));
        Assert.Equal(obeyed, seen.Nodes[0].Capabilities.Contains(Capability.NoNewPrivileges));
        JsonElement[] services = await rig.ServicesAsync();
        Assert.Equal((obeyed ? 2 : 1) + (major < 27 ? 0 : 1), services.Length);
        JsonElement container = services.Select(static service => service.GetProperty("Spec").GetProperty("TaskTemplate").GetProperty("ContainerSpec")).Single(static container => container.TryGetProperty("CapabilityDrop", out _));
        Assert.Equal(("ALL", "CAP_NET_BIND_SERVICE"), (container.GetProperty("CapabilityDrop")[0].GetString(), container.GetProperty("CapabilityAdd")[0].GetString()));

        string? Message(string workload) => seen.Replicas.Single(replica => replica.Workload.Name == workload).Message;
    }
}
