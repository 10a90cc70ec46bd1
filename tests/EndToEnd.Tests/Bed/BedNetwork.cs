namespace EndToEnd.Tests.Bed;

/// <summary>
/// The bed's network: the plane's bridge, and behind one <see cref="Wire"/> for each cluster a namespace with the cluster's own bridge, to which its
/// nodes' namespaces are tied. Addresses are private and lead nowhere else; all names carry this process's id.
/// </summary>
internal sealed class BedNetwork : IAsyncDisposable
{
    private static readonly string Prefix = $"fb{Environment.ProcessId}";
    private readonly Dictionary<string, Wire> _wires = new(StringComparer.Ordinal);
    private readonly List<string> _namespaces = [];
    private readonly string _network;
    private int _nodes;

    private BedNetwork(string network) => _network = network;

    /// <summary>Where the plane is for the nodes.</summary>
    public string PlaneAddress => $"{_network}.1";

    /// <summary>The wire of a cluster.</summary>
    public Wire this[string cluster] => _wires[cluster];

    public IEnumerable<Wire> Wires => _wires.Values;

    private static string Bridge => $"{Prefix}p";

    /// <summary>Why there can be no bed here; null where there can.</summary>
    public static string? Missing { get; } = !Environment.IsPrivilegedProcess ? "network namespaces of its own need root"
        : !File.Exists("/dev/net/tun") ? "/dev/net/tun is missing (modprobe tun): a link that drops packets needs it"
        : !RootCommand.Works("ip", "netns", "list") ? "network namespaces cannot be listed: install iproute2, and run where they are allowed"
        : !RootCommand.Works("nsenter", "--version") ? "there is no nsenter: install util-linux"
        : null;

    public static async Task<BedNetwork> CreateAsync()
    {
        string taken = await RootCommand.RunAsync("ip", ["-4", "-o", "addr"]);
        string network = Enumerable.Range(0, 256).Select(static part => $"10.213.{part}").First(candidate => !taken.Contains($" {candidate}.", StringComparison.Ordinal));
        var made = new BedNetwork(network);
        await RootCommand.IpAsync(null, $"link add {Bridge} type bridge", $"addr add {made.PlaneAddress}/24 dev {Bridge}", $"link set {Bridge} up");
        return made;
    }

    /// <summary>Makes a cluster's wire, and nodes behind it; returns their namespaces.</summary>
    public async Task<IReadOnlyList<string>> AddAsync(string cluster, IReadOnlyList<string> nodes)
    {
        int number = _wires.Count;
        string planeEnd = $"{Prefix}w{number}a", clusterEnd = $"{Prefix}w{number}b";
        string inside = $"{Prefix}-{cluster}";
        _wires[cluster] = new Wire(planeEnd, clusterEnd);
        await AddNamespaceAsync(inside);
        await RootCommand.IpAsync(null, $"link set {planeEnd} master {Bridge}", $"link set {planeEnd} up", $"link set {clusterEnd} netns {inside}");
        await RootCommand.IpAsync(inside, "link add nodes type bridge", "link set nodes up", $"link set {clusterEnd} master nodes", $"link set {clusterEnd} up");
        var made = new List<string>();
        foreach (string node in nodes)
        {
            string own = $"{inside}-{node}";
            await AddNamespaceAsync(own);
            await RootCommand.IpAsync(inside, $"link add {node} type veth peer name eth0 netns {own}", $"link set {node} master nodes", $"link set {node} up");
            await RootCommand.IpAsync(own, "link set lo up", $"addr add {_network}.{10 + _nodes++}/24 dev eth0", "link set eth0 up");
            made.Add(own);
        }
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _namespaces) await RootCommand.RunAsync("ip", ["netns", "del", name]);
        foreach (Wire wire in _wires.Values) wire.Dispose();
        await RootCommand.IpAsync(null, $"link del {Bridge}");
    }

    private async Task AddNamespaceAsync(string name)
    {
        await RootCommand.RunAsync("ip", ["netns", "add", name]);
        _namespaces.Add(name);
    }
}
