using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Federation.Engine;
using Federation.Engine.Connecting;

namespace Federation.TestKit.Engine;

/// <summary>
/// A Docker Engine of the test's own: Debian's dockerd on a socket and, with mutual TLS, on TCP, data and networks in a folder, which changes nothing of the machine and ends with the test.
/// Its one image, <c>box:1</c>, is made of busybox; it holds the user <c>web</c> (1234).
/// </summary>
public sealed class DockerEngine : IAsyncDisposable
{
    /// <summary>The image that is there.</summary>
    public const string Image = "box:1";

    private const string Daemon = "/usr/sbin/dockerd";
    private const string Busybox = "/bin/busybox";
    private const int TcpPort = 2376;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static int s_count;
    private readonly string[] _more;
    private readonly string _pool;
    private readonly IPAddress _address;
    private readonly HttpClient _http;
    private EngineTls? _tls;
    private Process? _daemon;

    private DockerEngine(string[] more, EngineAuthority authority, EngineMachine? machine = null)
    {
        _more = more;
        Authority = authority;
        Machine = machine;
        // A loopback address that no other engine here has needs no free port.
        int number = Interlocked.Increment(ref s_count);
        _address = machine is null ? new IPAddress([127, (byte)(100 + (number % 100)), (byte)(Environment.ProcessId >> 8), (byte)Environment.ProcessId]) : IPAddress.Parse(machine.Address);
        Folder = Directory.CreateTempSubdirectory("fd-engine-").FullName;
        // So that engines of other tests, and the machine's own, have other networks.
        _pool = string.Create(CultureInfo.InvariantCulture, $"10.{100 + (Environment.ProcessId * 7 + number) % 100}.0.0/16");
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://engine/v1.41/"),
            Timeout = Patience,
        };
        // Its own names include the loopback address, for what stands between it and its caller.
        authority.WriteServer(ServerFolder, [_address, IPAddress.Loopback]);
        authority.WriteClient(TlsDirectory);
    }

    /// <summary>What this machine lacks to run one; null if nothing.</summary>
    public static string? Missing { get; } =
        !Environment.IsPrivilegedProcess ? "needs root: it starts a Docker Engine of its own"
        : !File.Exists(Daemon) ? "needs a Docker Engine to test against, and dockerd is not installed: apt-get install docker.io"
        : !File.Exists(Busybox) ? "needs busybox to make an image of, and it is not installed: apt-get install busybox-static"
        : null;

    /// <summary>All that it keeps.</summary>
    public string Folder { get; }

    /// <summary>Where it listens.</summary>
    public string SocketPath => Path.Combine(Folder, "engine.sock");

    /// <summary>Where it listens on TCP.</summary>
    public string TcpAddress => $"tcp://{_address}:{TcpPort}";

    /// <summary>Signs its certificate and those of its callers on TCP.</summary>
    public EngineAuthority Authority { get; }

    /// <summary>What its callers on TCP need: <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>.</summary>
    public string TlsDirectory => Path.Combine(Folder, "tls-client");

    /// <summary>The machine of a bed that it is on; null for this machine.</summary>
    public EngineMachine? Machine { get; }

    private string ServerFolder => Path.Combine(Folder, "tls");

    private string Log => Path.Combine(Folder, "log");

    /// <summary>Starts one and makes its image.</summary>
    /// <param name="more">More arguments of the daemon.</param>
    public static Task<DockerEngine> StartAsync(params string[] more) => StartAsync(new EngineAuthority("engines"), more);

    /// <summary>Starts one and makes its image.</summary>
    /// <param name="authority">Signs its certificate.</param>
    /// <param name="more">More arguments of the daemon.</param>
    public static async Task<DockerEngine> StartAsync(EngineAuthority authority, params string[] more)
    {
        var engine = new DockerEngine(more, authority);
        await engine.StartDaemonAsync();
        await engine.ImportAsync();
        return engine;
    }

    /// <summary>Starts one on a machine of a bed, with a network that publishes ports there.</summary>
    /// <param name="machine">Which.</param>
    /// <param name="authority">Signs the certificates of all engines of the bed.</param>
    public static async Task<DockerEngine> StartOnAsync(EngineMachine machine, EngineAuthority authority)
    {
        var engine = new DockerEngine([], authority, machine);
        await engine.StartDaemonAsync();
        await engine.ImportAsync();
        return engine;
    }

    /// <summary>How a client reaches it. The certificates are read once, as the agent reads them, and end with the engine.</summary>
    public EngineClientOptions Reach(EngineWay way) => way == EngineWay.Socket
        ? new EngineClientOptions { Address = EngineAddress.Parse("unix://" + SocketPath) }
        : new EngineClientOptions { Address = EngineAddress.Parse(TcpAddress), Tls = LazyInitializer.EnsureInitialized(ref _tls, () => EngineTls.Read(TlsDirectory)) };

    /// <summary>The daemon ends as by a service manager, or at once by force.</summary>
    public async Task StopDaemonAsync(bool byForce = false)
    {
        if (_daemon is null) return;
        if (byForce) _daemon.Kill();
        else using (Process kill = Process.Start("/bin/kill", ["-TERM", _daemon.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        try
        {
            await _daemon.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _daemon.Kill();
            await _daemon.WaitForExitAsync();
        }
        _daemon.Dispose();
        _daemon = null;
        await ContainerdEndedAsync();
    }

    /// <summary>Whether it takes new connections: one that is ending does not.</summary>
    public async Task<bool> TakesConnectionsAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // It is told to end when its parent does. A daemon that starts meanwhile takes it for one that lives, and waits for it in vain.
    private async Task ContainerdEndedAsync()
    {
        string note = Path.Combine(Folder, "exec", "containerd", "containerd.pid");
        if (!File.Exists(note)) return;
        string process = $"/proc/{(await File.ReadAllTextAsync(note)).Trim()}";
        using var limit = new CancellationTokenSource(Patience);
        while (await IsOursAsync(process)) await Task.Delay(20, limit.Token);
    }

    // One that has ended and that nobody has waited for yet has no command line any more.
    private async Task<bool> IsOursAsync(string process)
    {
        try
        {
            string command = await File.ReadAllTextAsync($"{process}/cmdline");
            return command.Length == 0 || command.Contains(Folder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Starts the daemon again on what it kept.</summary>
    public async Task StartDaemonAsync()
    {
        string[] arguments =
        [
            // Its output is a file's, so that it never waits for a reader.
            "-c", "exec \"$0\" \"$@\" >>\"$LOG\" 2>&1", Daemon, "--config-file", Path.Combine(Folder, "daemon.json"), "-H", "unix://" + SocketPath, "-H", TcpAddress,
            "--tlsverify", "--tlscacert", Path.Combine(ServerFolder, "ca.pem"), "--tlscert", Path.Combine(ServerFolder, "cert.pem"), "--tlskey", Path.Combine(ServerFolder, "key.pem"), "--data-root", Path.Combine(Folder, "data"),
            "--exec-root", Path.Combine(Folder, "exec"), "--pidfile", Path.Combine(Folder, "pid"), "--default-address-pool", $"base={_pool},size=24", "--shutdown-timeout=3",
            .. Machine is null ? (string[])["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"] : ["--bip", Machine.Bridge], .. _more,
        ];
        // A test's registry beside a bed of machines speaks no TLS, as one on loopback need not.
        await File.WriteAllTextAsync(Path.Combine(Folder, "daemon.json"), Machine is null ? "{}" : """{"insecure-registries":["10.0.0.0/8"]}""");
        // Not by "ip netns exec", which would hide the control groups.
        var start = Machine is null ? new ProcessStartInfo("/bin/sh", arguments) : new ProcessStartInfo("nsenter", [$"--net=/run/netns/{Machine.Namespace}", "/bin/sh", .. arguments]);
        start.Environment["LOG"] = Log;
        _daemon = Process.Start(start)!;
        long since = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (_daemon.HasExited || Stopwatch.GetElapsedTime(since) > Patience) throw new InvalidOperationException($"dockerd did not start; the end of its log:\n{string.Join('\n', (await File.ReadAllLinesAsync(Log)).TakeLast(15))}");
            await Task.Delay(50);
        }
    }

    /// <summary>Asks the engine by the API's own paths.</summary>
    public async Task<JsonDocument> GetAsync(string path)
    {
        using HttpResponseMessage reply = await _http.GetAsync(path);
        string text = await reply.Content.ReadAsStringAsync();
        return reply.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new InvalidOperationException($"{path}: {(int)reply.StatusCode} {text}");
    }

    /// <summary>Orders something by the API's own paths.</summary>
    public async Task<string> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using HttpResponseMessage reply = await _http.SendAsync(request);
        string text = await reply.Content.ReadAsStringAsync();
        return reply.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{method} {path}: {(int)reply.StatusCode} {text}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_daemon is null) await StartDaemonAsync();
        // A swarm would start its tasks again.
        if (Machine is not null) await LeaveAsync();
        using (JsonDocument containers = await GetAsync("containers/json?all=true"))
            foreach (JsonElement container in containers.RootElement.EnumerateArray()) await RemoveContainerAsync(container.GetProperty("Id").GetString()!);
        // Their bridges are the machine's, but for those of a bed, which go with it.
        if (Machine is null)
        {
            using (JsonDocument networks = await GetAsync("networks?filters=%7B%22driver%22%3A%5B%22bridge%22%5D%7D"))
                foreach (JsonElement network in networks.RootElement.EnumerateArray()) await SendAsync(HttpMethod.Delete, $"networks/{network.GetProperty("Id").GetString()}");
        }
        await StopDaemonAsync();
        _http.Dispose();
        _tls?.Dispose();
        // A daemon that was killed leaves its mounts.
        foreach (string mount in File.ReadLines("/proc/mounts").Select(static line => line.Split(' ')[1]).Where(mount => mount.StartsWith(Folder + "/", StringComparison.Ordinal)).Reverse().ToArray())
            using (Process unmount = Process.Start("/bin/umount", ["-l", "--", mount])) await unmount.WaitForExitAsync();
        using Process remove = Process.Start("/bin/rm", ["-rf", "--one-file-system", "--", Folder]);
        await remove.WaitForExitAsync();
    }

    // A machine that has left its swarm removes its tasks' containers by itself.
    private async Task RemoveContainerAsync(string container)
    {
        using HttpResponseMessage reply = await _http.DeleteAsync($"containers/{container}?force=true&v=true");
        if (!reply.IsSuccessStatusCode && reply.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            throw new InvalidOperationException($"{container}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}");
    }

    private async Task LeaveAsync()
    {
        using JsonDocument info = await GetAsync("info");
        if (info.RootElement.GetProperty("Swarm").GetProperty("LocalNodeState").GetString() != "inactive") await SendAsync(HttpMethod.Post, "swarm/leave?force=true");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using HttpResponseMessage reply = await _http.GetAsync("/_ping");
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task ImportAsync()
    {
        using Stream layer = await LayerAsync();
        using var content = new StreamContent(layer);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        using HttpResponseMessage reply = await _http.PostAsync($"images/create?fromSrc=-&repo=box&tag=1&changes={Uri.EscapeDataString("CMD [\"/bin/sleep\", \"600\"]")}", content);
        string text = await reply.Content.ReadAsStringAsync();
        if (!reply.IsSuccessStatusCode || text.Contains("\"error\"", StringComparison.Ordinal)) throw new InvalidOperationException($"the image was not imported: {text}");
    }

    /// <summary>The files of the image, as a tar archive.</summary>
    public static async Task<Stream> LayerAsync()
    {
        var stream = new MemoryStream();
        await using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (string folder in (string[])["bin/", "etc/", "tmp/", "www/", "run/"])
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)(folder == "tmp/" ? 0x3FF : 0x1ED) });
            await using (FileStream program = File.OpenRead(Busybox))
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { DataStream = program, Mode = (UnixFileMode)0x1ED });
            foreach (string applet in (string[])["sh", "sleep", "cat", "echo", "httpd", "id", "env", "wget", "nc", "true", "false", "awk", "ls", "stty", "stat", "kill", "hostname", "seq", "touch", "readlink", "trap"])
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            await WriteAsync("etc/passwd", "root:x:0:0:root:/:/bin/sh\nweb:x:1234:1234:web:/:/bin/sh\n");
            await WriteAsync("etc/group", "root:x:0:\nweb:x:1234:\n");
            await WriteAsync("www/index.html", "ok\n");

            async Task WriteAsync(string name, string text) =>
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Mode = (UnixFileMode)0x1A4 });
        }
        stream.Position = 0;
        return stream;
    }
}
