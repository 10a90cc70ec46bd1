using Federation.Agent.Kubernetes;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;
using Federation.Engine.Connecting;

namespace Federation.Agent.Node;

/// <summary>What the agent is told by its configuration (<c>Agent__*</c>).</summary>
public sealed record AgentOptions
{
    public required ClusterId Cluster { get; init; }

    public required NodeId Node { get; init; }

    /// <summary>On disk, owner-only: certificate, journal, output of replicas.</summary>
    public required string StateDirectory { get; init; }

    public string? RuntimeDirectory { get; init; }

    public string? VolumeDirectory { get; init; }

    public string? ProgramPath { get; init; }

    public string? JoinTokenFile { get; init; }

    public bool TenantIsolation { get; init; } = true;

    public required ResourceAmount Capacity { get; init; }

    /// <summary>Whether workloads may be given rights on the machines that run them, by whatever kind of cluster: folders, devices, name spaces, Linux capabilities, privileged containers.</summary>
    public bool MachineRights { get; init; }

    /// <summary>What is driven: the containers and processes of this node, a swarm, or a Kubernetes cluster.</summary>
    public ClusterKind Drives { get; init; } = ClusterKind.Node;

    /// <summary>The swarm's managers; any of them is asked, in turn when one does not answer.</summary>
    public IReadOnlyList<EngineAddress> Managers { get; init; } = [EngineAddress.Default];

    /// <summary>The kubeconfig file by which a Kubernetes cluster is reached; null for the pod's service account, or what kubectl would take.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>One of its contexts; null for the current one.</summary>
    public string? KubernetesContext { get; init; }

    /// <summary>How large a Kubernetes cluster makes a volume whose manifest does not say it; the adapter's own choice if null.</summary>
    public string? KubernetesVolumeSize { get; init; }

    /// <summary>The storage class of such volumes; the cluster's own choice if null.</summary>
    public string? KubernetesStorageClass { get; init; }

    /// <summary>Whether a Kubernetes cluster's own network keeps NetworkPolicies.</summary>
    public bool KubernetesKeepsPolicies { get; init; }

    /// <summary>How the ports of a Kubernetes cluster's pods are reached.</summary>
    public PodReach PodReach { get; init; }

    /// <summary>The Docker Engine that runs containers here; null for none.</summary>
    public EngineAddress? Engine { get; init; } = EngineAddress.Default;

    /// <summary>The folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> for an engine on TCP; without TLS if left out.</summary>
    public string? EngineTlsDirectory { get; init; }

    /// <summary>The file with registry logins, as <c>docker login</c> writes it.</summary>
    public string? RegistryLoginsFile { get; init; }

    /// <summary>Where <c>/health</c>, <c>/alive</c> and <c>/metrics</c> are served, on loopback; nowhere if left out.</summary>
    public int? HttpPort { get; init; }

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="InvalidOperationException">A key is missing or its value cannot be read; the message names the key.</exception>
    public static AgentOptions Read(IConfiguration configuration)
    {
        IConfigurationSection agent = configuration.GetSection("Agent");
        ClusterKind drives = Parsed("Drives", static text => text switch
        {
            "node" => ClusterKind.Node,
            "swarm" => ClusterKind.Swarm,
            "kubernetes" => ClusterKind.Kubernetes,
            _ => throw new FormatException("an agent drives its node (node), a swarm (swarm) or a Kubernetes cluster (kubernetes)"),
        }, ClusterKind.Node);
        return new AgentOptions
        {
            Cluster = Required("Cluster", ClusterId.Parse),
            Node = Required("Node", NodeId.Parse),
            StateDirectory = Required("StateDirectory", Path.GetFullPath),
            RuntimeDirectory = agent["RuntimeDirectory"],
            VolumeDirectory = agent["VolumeDirectory"],
            ProgramPath = agent["ProgramPath"],
            JoinTokenFile = agent["JoinTokenFile"],
            TenantIsolation = Parsed("TenantIsolation", bool.Parse, true),
            Capacity = new ResourceAmount(Parsed("Capacity:Cpu", CpuMillis.Parse, MachineCapacity.Cpu), Parsed("Capacity:Memory", MemoryBytes.Parse, MachineCapacity.Memory)),
            MachineRights = Parsed("MachineRights", bool.Parse, false),
            Drives = drives,
            Managers = drives == ClusterKind.Swarm ? Parsed<IReadOnlyList<EngineAddress>>("Engine:Address", static text => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(EngineAddress.Parse)], [EngineAddress.Default]) : [],
            Kubeconfig = agent["Kubernetes:Kubeconfig"],
            KubernetesContext = agent["Kubernetes:Context"],
            KubernetesVolumeSize = agent["Kubernetes:VolumeSize"],
            KubernetesStorageClass = agent["Kubernetes:StorageClass"],
            KubernetesKeepsPolicies = Parsed("Kubernetes:NetworkPolicies", bool.Parse, false),
            PodReach = Parsed("Kubernetes:Reach", static text => text switch
            {
                "probed" => PodReach.Probed,
                "address" => PodReach.Address,
                "nodePort" => PodReach.NodePort,
                "forward" => PodReach.Forward,
                _ => throw new FormatException("pods are reached at their addresses where these answer (probed), there alone (address), at ports of their nodes (nodePort), or through the API server (forward)"),
            }, PodReach.Probed),
            Engine = drives != ClusterKind.Node ? null : Parsed<EngineAddress?>("Engine:Address", static text => text == "none" ? null : EngineAddress.Parse(text), EngineAddress.Default),
            EngineTlsDirectory = agent["Engine:TlsDirectory"],
            RegistryLoginsFile = agent["Engine:RegistryLoginsFile"],
            HttpPort = Parsed<int?>("HttpPort", static text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), null),
        };

        T Required<T>(string key, Func<string, T> parse) =>
            agent[key] is { Length: > 0 } ? Parsed(key, parse, default!) : throw new InvalidOperationException($"Agent__{key} is not set");

        T Parsed<T>(string key, Func<string, T> parse, T otherwise)
        {
            if (agent[key] is not { Length: > 0 } text) return otherwise;
            try
            {
                return parse(text);
            }
            catch (FormatException e)
            {
                throw new InvalidOperationException($"Agent__{key.Replace(":", "__", StringComparison.Ordinal)} is '{text}': {e.Message}", e);
            }
        }
    }
}
