using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Federation.TestKit.Http;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>
/// A Kubernetes API server of a test's own, with the controllers and kubelets of a small cluster behind it. It keeps objects as a real one does: revisions,
/// ownership of fields, watches, pages, finalizers, validation; a test holds it against recordings of a real server. It knows nothing of who speaks with it.
/// </summary>
public sealed partial class KubernetesDouble : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly ObjectStore _store;
    private readonly Kubelets _kubelets;
    private readonly ClusterControllers _controllers;
    private readonly ConcurrentQueue<ApiCall> _calls = [];
    private readonly CancellationTokenSource _ending = new();
    private LoopbackServer? _server;
    private Task _beating = Task.CompletedTask;
    private int _addresses;
    private int _ports;
    private int _names;

    private KubernetesDouble(TimeProvider time)
    {
        _store = new ObjectStore(time);
        _kubelets = new Kubelets(_store, (pod, container) => Plays?.Invoke(pod, container) ?? new ContainerPlay());
        _controllers = new ClusterControllers(_store, _kubelets, pod => Injects?.Invoke(pod), pod => Refuses?.Invoke(pod));
        foreach (string space in new[] { "default", "kube-system", "kube-public", "kube-node-lease" }) Place("", "namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = space } });
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>What the containers of a pod do: the pod, the container of its specification, and what it plays; null for a container that runs and is ready.</summary>
    public Func<JsonObject, JsonObject, ContainerPlay?>? Plays { get; set; }

    /// <summary>What a webhook of admission changes of each new pod that a controller makes, such as a mesh's sidecar; null for nothing.</summary>
    public Action<JsonObject>? Injects { get; set; }

    /// <summary>Why admission refuses a new pod that a controller makes, such as <c>exceeded quota: ...</c>; null for one that it lets in. The controller tries again as its back-off says.</summary>
    public Func<JsonObject, string?>? Refuses { get; set; }

    /// <summary>What goes wrong, for each request; null for nothing.</summary>
    public Func<ApiCall, Fault?>? Faults { get; set; }

    /// <summary>Whether a request is allowed; null for all.</summary>
    public Func<ApiCall, bool>? Allows { get; set; }

    /// <summary>Versions of groups that it does not have, such as <c>policy/v1</c>: it is as old, or as new, as that.</summary>
    public IReadOnlySet<string> Without { get; set; } = new HashSet<string>();

    /// <summary>The bearer token that is known; null for anybody.</summary>
    public string? Token { get; set; }

    /// <summary>Whether its controllers and kubelets rest: everything stays as it is placed or asked for, however much of it there is.</summary>
    public bool IsStill { get; set; }

    /// <summary>How often a watch is told a bookmark.</summary>
    public TimeSpan BookmarkEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Back-off of kubelets is multiplied by it.</summary>
    public double Pace
    {
        get => _kubelets.Pace;
        set => _kubelets.Pace = value;
    }

    /// <summary>The address of every pod, where a test has something listen; null for one of its own each, which leads nowhere.</summary>
    public string? PodAddress
    {
        get => _kubelets.Address;
        set => _kubelets.Address = value;
    }

    /// <summary>Where a connection to a port of a pod leads, by the port; without it nothing listens in any.</summary>
    public Func<int, System.Net.IPEndPoint>? Listening { get; set; }

    /// <summary>The ports of nodes that Services are given (<c>--service-node-port-range</c>).</summary>
    public (int First, int Count) NodePorts { get; set; } = (30000, 2768);

    /// <summary>Whether claims are bound: there is a provisioner.</summary>
    public bool Provisions
    {
        get => _kubelets.Provisions;
        set => _kubelets.Provisions = value;
    }

    /// <summary>All that was asked, in order.</summary>
    public IReadOnlyCollection<ApiCall> Calls => _calls;

    /// <summary>The newest revision.</summary>
    public long Revision
    {
        get { lock (_gate) return _store.Revision; }
    }

    /// <summary>Starts a cluster with these nodes, of 4 CPUs and 8 GiB each.</summary>
    public static async Task<KubernetesDouble> StartAsync(TimeProvider time, params string[] nodes)
    {
        var cluster = new KubernetesDouble(time);
        foreach (string node in nodes) cluster.AddNode(node, "4", "8Gi");
        cluster._server = await LoopbackServer.StartAsync(cluster.AnswerAsync);
        cluster._beating = cluster.BeatAsync();
        return cluster;
    }

    /// <summary>Adds a node that is ready.</summary>
    public void AddNode(string name, string cpu, string memory) => Place("", "nodes", new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64" } },
        ["spec"] = new JsonObject(),
        ["status"] = new JsonObject
        {
            ["capacity"] = new JsonObject { ["cpu"] = cpu, ["memory"] = memory, ["pods"] = "110" },
            ["allocatable"] = new JsonObject { ["cpu"] = cpu, ["memory"] = memory, ["pods"] = "110" },
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True", ["reason"] = "KubeletReady", ["message"] = "kubelet is posting ready status" }),
            ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" }, new JsonObject { ["type"] = "Hostname", ["address"] = name }),
            ["nodeInfo"] = new JsonObject { ["architecture"] = "amd64", ["operatingSystem"] = "linux", ["kubeletVersion"] = "v1.21.2" },
        },
    });

    /// <summary>Writes an object past the API, as it is.</summary>
    public JsonObject Place(string group, string plural, JsonObject item)
    {
        lock (_gate)
        {
            ApiKind kind = ApiCatalog.Of(group, plural);
            JsonObject copy = item.Copy();
            copy["kind"] = kind.Kind;
            copy["apiVersion"] ??= kind.ApiVersion;
            if (plural == "namespaces") Defaulting.Fill(kind, copy, null, static () => "", static () => 0);
            if (_store.Find(kind.Storage, copy.Space(), copy.Name()) is null) _store.Add(kind.Storage, copy);
            else
            {
                JsonObject had = _store.Find(kind.Storage, copy.Space(), copy.Name())!;
                foreach (string name in new[] { "uid", "creationTimestamp" }) copy.Meta().Default(name, had.Meta()[name]?.DeepClone());
                _store.Update(kind.Storage, copy);
            }
            return copy.Copy();
        }
    }

    /// <summary>Takes an object away past the API, at once.</summary>
    public void Remove(string group, string plural, string? space, string name)
    {
        lock (_gate)
        {
            string storage = $"{group}/{plural}";
            if (_store.Find(storage, space, name) is { } there) _store.Remove(storage, there);
        }
    }

    /// <summary>An object as it is; null if it is not there.</summary>
    public JsonObject? Find(string group, string plural, string? space, string name)
    {
        lock (_gate) return _store.Find($"{group}/{plural}", space, name)?.Copy();
    }

    /// <summary>All objects of a resource.</summary>
    public IReadOnlyList<JsonObject> List(string group, string plural, string? space = null)
    {
        lock (_gate) return [.. _store.List($"{group}/{plural}", space).Select(static item => item.Copy())];
    }

    /// <summary>Forgets every change up to now: watches and pages from before are told 410.</summary>
    public void Compact()
    {
        lock (_gate) _store.Compact();
    }

    /// <summary>Ends a container as if by itself.</summary>
    public void Exit(JsonObject pod, string container, int code, string? reason = null)
    {
        lock (_gate)
        {
            _kubelets.Exit(pod.Uid(), container, code, reason);
            Settle();
        }
    }

    /// <summary>Has a container print a line.</summary>
    public void Print(JsonObject pod, string container, string line)
    {
        lock (_gate) _kubelets.Print(pod.Uid(), container, line);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _beating;
        if (_server is not null) await _server.DisposeAsync();
        _ending.Dispose();
    }

    private void Settle()
    {
        if (!IsStill) _controllers.Settle();
    }

    // What time brings: probes, back-offs, deadlines.
    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Beat);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
                lock (_gate) Settle();
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
