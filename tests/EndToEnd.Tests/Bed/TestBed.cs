using System.Runtime.InteropServices;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Resources;

namespace EndToEnd.Tests.Bed;

/// <summary>
/// A whole plane, and three clusters whose machines are network namespaces, each cluster behind a wire that can be cut: what DESIGN calls failure is
/// done to it for real. Made and removed by itself.
/// </summary>
public sealed class TestBed : IAsyncLifetime
{
    internal const string North = "north", South = "south", West = "west";
    private static readonly string[] ClusterNames = [North, South, West];
    private readonly Dictionary<string, BedNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SmallDisk> _disks = new(StringComparer.Ordinal);
    private readonly string _root = Directory.CreateTempSubdirectory("federation-bed-").FullName;
    private BedNetwork? _network;
    private RunningPlane? _plane;

    /// <summary>Why there can be no bed here; null where there can.</summary>
    public static string? Missing => BedNetwork.Missing;

    internal RunningPlane Plane => _plane!;

    internal IReadOnlyCollection<BedNode> Nodes => _nodes.Values;

    internal IEnumerable<Wire> Wires => _network!.Wires;

    internal Wire WireOf(string cluster) => _network![cluster];

    internal BedNode NodeOf(string cluster) => _nodes[cluster];

    /// <summary>The disk that the agent of a cluster keeps its state on, or a service of the plane.</summary>
    internal SmallDisk DiskOf(string owner) => _disks[owner];

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        _network = await BedNetwork.CreateAsync();
        // Its nodes are not on this machine's loopback: gRPC listens on every address, and no node of the launcher's own is wanted.
        _plane = new RunningPlane { Environment = new Dictionary<string, string> { ["Federation__GrpcAddress"] = "0.0.0.0", ["FEDERATION_SAMPLE_WORLD"] = "none" } };
        _disks["placement"] = await SmallDisk.MountAsync(Path.Combine(_plane.State, "services", "placement"), megabytes: 64);
        await _plane.InitializeAsync();
        string programs = StagePrograms();
        foreach (string cluster in ClusterNames)
        {
            string @namespace = (await _network.AddAsync(cluster, ["n1"]))[0];
            string state = Path.Combine(_root, cluster);
            _disks[cluster] = await SmallDisk.MountAsync(state, megabytes: 32);
            _nodes[cluster] = new BedNode(cluster, "n1", @namespace, state);
            await _plane.Client.ApplyAsync(new Cluster { Metadata = new ResourceMetadata { Name = cluster, Labels = new Dictionary<string, string> { ["region"] = cluster } } });
            string token = Path.Combine(_root, $"{cluster}.token");
            await File.WriteAllTextAsync(token, (await _plane.Client.CreateJoinTokenAsync(new JoinTokenRequest(cluster, "n1", null))).Token);
            File.SetUnixFileMode(token, UnixFileMode.UserRead);
            StartAgent(cluster);
        }
        foreach (string cluster in ClusterNames) await ReadyAsync(cluster);

        string StagePrograms()
        {
            string folder = Directory.CreateDirectory(Path.Combine(_root, "programs")).FullName;
            string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
            string script = Path.Combine(folder, "federation-sample");
            File.WriteAllText(script, $"#!/bin/sh\nexport DOTNET_EnableDiagnostics=0 DOTNET_hostBuilder__reloadConfigOnChange=false\nexec '{dotnet}' '{Repository.Sample}' \"$@\"\n");
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
            return folder;
        }
    }

    /// <summary>Starts the agent of a cluster's one node, for the first time or again.</summary>
    internal void StartAgent(string cluster)
    {
        BedNode node = _nodes[cluster];
        node.Start(new Dictionary<string, string>
        {
            ["Agent__Cluster"] = cluster,
            ["Agent__Node"] = node.Name,
            ["Agent__StateDirectory"] = node.State,
            ["Agent__JoinTokenFile"] = Path.Combine(_root, $"{cluster}.token"),
            ["Agent__VolumeDirectory"] = Path.Combine(_root, $"{cluster}-volumes"),
            ["Agent__ProgramPath"] = Path.Combine(_root, "programs"),
            ["Agent__TenantIsolation"] = "false",
            ["Agent__Capacity__Cpu"] = "4",
            ["Agent__Capacity__Memory"] = "4Gi",
            ["services__identity__grpc__0"] = Grpc(7111),
            ["services__placement__grpc__0"] = Grpc(7131),
            ["services__health__grpc__0"] = Grpc(7141),
            ["services__gateway__grpc__0"] = Grpc(7071),
        });

        string Grpc(int port) => $"https://{_network!.PlaneAddress}:{port + Plane.PortBase}";
    }

    internal Task ReadyAsync(string cluster) => Eventually.TrueAsync($"{cluster} is ready", async () =>
        (await Plane.Client.GetAsync<Cluster>(cluster)).Status is { State: VerdictState.Ready, NodesReady: 1 }, async () => $"{(await Plane.FedctlAsync("describe", "cluster", cluster)).All}\nits agent ({NodeOf(cluster).State}) {NodeOf(cluster).Condition}, and says:\n{NodeOf(cluster).Output}");

    public async ValueTask DisposeAsync()
    {
        foreach (BedNode node in _nodes.Values) await node.EndAsync();
        if (_plane is not null) await _plane.StopAsync();
        foreach (SmallDisk disk in _disks.Values) await disk.DisposeAsync();
        if (_plane is not null) await _plane.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
