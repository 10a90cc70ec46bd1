using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;

namespace Federation.TestKit.Engine;

/// <summary>
/// A swarm of the test's own: machines as network namespaces on a bridge without a way out, each with Debian's dockerd; the first is the manager. The kernel
/// may lack IPVS: services publish their ports in host mode and are found by DNS (endpoint mode dnsrr).
/// </summary>
public sealed class SwarmBed : IAsyncDisposable
{
    private static int s_count;
    private const int UsualSubnetSize = 24;
    private readonly string _name;
    private readonly string _net;
    private readonly List<DockerEngine> _machines = [];
    private readonly ConcurrentBag<Task> _endings = [];

    private SwarmBed()
    {
        int count = Interlocked.Increment(ref s_count);
        // An interface's name has at most 15 characters.
        _name = string.Create(CultureInfo.InvariantCulture, $"fd{Environment.ProcessId % 100_000}{(char)('a' + (count % 26))}");
        // One that no interface here has: beds of other processes, and of the engines' other tests, have networks like it.
        string[] taken = [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(static one => one.GetIPProperties().UnicastAddresses).Select(static address => address.Address.ToString())];
        _net = Enumerable.Range((Environment.ProcessId * 7) + count, 50).Select(static number => string.Create(CultureInfo.InvariantCulture, $"10.{200 + (number % 50)}"))
            .First(net => !taken.Any(address => address.StartsWith(net + ".", StringComparison.Ordinal)));
    }

    /// <summary>What this machine lacks to run one; null if nothing.</summary>
    public static string? Missing { get; } = DockerEngine.Missing
        ?? (Lacks("ip") ? "needs network namespaces for its machines, and ip is not installed: apt-get install iproute2"
        : Lacks("iptables") ? "needs an engine that publishes ports, and iptables is not installed: apt-get install iptables"
        : Lacks("nsenter") ? "needs nsenter: apt-get install util-linux" : null);

    /// <summary>The machines; the first is the manager.</summary>
    public IReadOnlyList<DockerEngine> Machines => _machines;

    /// <summary>The manager.</summary>
    public DockerEngine Manager => _machines[0];

    /// <summary>The address of this machine that the bed's machines reach.</summary>
    public IPAddress Outside => IPAddress.Parse($"{_net}.0.1");

    /// <summary>Starts the machines and makes them a swarm.</summary>
    /// <param name="machines">How many.</param>
    /// <param name="managers">How many of them, the first ones, are managers.</param>
    /// <param name="subnetSize">How many bits of a network's addresses are its own: 24 for some 250 tasks.</param>
    public static async Task<SwarmBed> StartAsync(int machines = 1, int managers = 1, int subnetSize = UsualSubnetSize)
    {
        var bed = new SwarmBed();
        try
        {
            await RunAsync("ip", "link", "add", bed._name, "type", "bridge");
            await RunAsync("ip", "addr", "add", $"{bed.Outside}/24", "dev", bed._name);
            await RunAsync("ip", "link", "set", bed._name, "up");
            EngineMachine[] places = [.. Enumerable.Range(1, machines).Select(bed.Place)];
            foreach (EngineMachine place in places) await bed.AddNamespaceAsync(place);
            var authority = new EngineAuthority("engines");
            bed._machines.AddRange(await Task.WhenAll(places.Select(place => DockerEngine.StartOnAsync(place, authority))));
            await bed.InitAsync(subnetSize);
            using JsonDocument swarm = await bed.Manager.GetAsync("swarm");
            JsonElement tokens = swarm.RootElement.GetProperty("JoinTokens");
            for (int i = 1; i < machines; i++)
            {
                await bed._machines[i].SendAsync(HttpMethod.Post, "swarm/join", new
                {
                    ListenAddr = $"{places[i].Address}:2377",
                    AdvertiseAddr = places[i].Address,
                    RemoteAddrs = new[] { $"{places[0].Address}:2377" },
                    JoinToken = tokens.GetProperty(i < managers ? "Manager" : "Worker").GetString(),
                });
            }
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a swarm of the first machine, which is in none.</summary>
    public Task InitAsync(int subnetSize = UsualSubnetSize) => Manager.SendAsync(HttpMethod.Post, "swarm/init", new
    {
        ListenAddr = $"{Manager.Machine!.Address}:2377",
        AdvertiseAddr = Manager.Machine.Address,
        DefaultAddrPool = new[] { $"{_net}.128.0/17" },
        SubnetSize = subnetSize,
    });

    /// <summary>What a test ends in this swarm while others go on: it is waited for before the swarm ends, and fails the run if it fails.</summary>
    public void EndLater(Task ending) => _endings.Add(ending);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_endings);
        }
        finally
        {
            await EndMachinesAsync();
        }
    }

    private async Task EndMachinesAsync()
    {
        // Workers first: a manager that has left can tell them nothing.
        foreach (DockerEngine machine in _machines.AsEnumerable().Reverse()) await machine.DisposeAsync();
        foreach (EngineMachine place in Enumerable.Range(1, Math.Max(1, _machines.Count)).Select(Place)) await TryAsync("ip", "netns", "del", place.Namespace);
        await TryAsync("ip", "link", "del", _name);
    }

    private static bool Lacks(string command) =>
        !((string[])["/usr/sbin", "/sbin", "/usr/bin", "/bin"]).Any(folder => File.Exists(Path.Combine(folder, command)));

    private EngineMachine Place(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_name}{number}"),
        string.Create(CultureInfo.InvariantCulture, $"{_net}.0.{10 + number}"),
        string.Create(CultureInfo.InvariantCulture, $"{_net}.{number}.1/24"));

    private async Task AddNamespaceAsync(EngineMachine place)
    {
        await RunAsync("ip", "netns", "add", place.Namespace);
        await RunAsync("ip", "link", "add", place.Namespace, "type", "veth", "peer", "name", "eth0", "netns", place.Namespace);
        await RunAsync("ip", "link", "set", place.Namespace, "master", _name);
        await RunAsync("ip", "link", "set", place.Namespace, "up");
        await RunAsync("ip", "-n", place.Namespace, "link", "set", "lo", "up");
        await RunAsync("ip", "-n", place.Namespace, "addr", "add", $"{place.Address}/24", "dev", "eth0");
        await RunAsync("ip", "-n", place.Namespace, "link", "set", "eth0", "up");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        string? failure = await TryAsync(program, arguments);
        if (failure is not null) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {failure}");
    }

    private static async Task<string?> TryAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : said.Trim();
    }
}
