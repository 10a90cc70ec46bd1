using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Node.Processes;

/// <summary>
/// Runs replicas as processes of this Linux machine. Each has a small parent (<c>parent.sh</c>) that outlives the agent, joins it to its control groups,
/// drops to its tenant's user and writes down how it ended. Everything about a replica that must not reach a disk lies in memory.
/// </summary>
public sealed partial class ProcessReplicaHost : IReplicaHost, IDisposable
{
    private const int MostLogged = 200;

    private readonly ProcessHostOptions _options;
    private readonly IMaterialOpener _opener;
    private readonly TimeProvider _time;
    private readonly ILogger<ProcessReplicaHost> _logger;
    private readonly object _gate = new();
    private readonly SortedDictionary<ReplicaId, HostedProcess> _hosted = [];
    private readonly List<ReplicaEnd> _ends = [];
    private readonly EndWatch _watch = new();
    private readonly ControlGroups _groups;
    private readonly TenantUsers _users;
    private readonly HealthProbe _probe;
    private readonly string _runtime;
    private readonly string _replicas;
    private readonly string _volumes;
    private readonly string _parent;
    private readonly string _enter;
    private readonly bool _memoryBacked;
    private const uint UsersOfANode = 1000;
    private Native.PollEntry[] _poll = [];
    private double _leaseEnd = double.NaN;

    /// <summary>Makes the host's folders and finds out what the machine can enforce.</summary>
    /// <exception cref="IOException">A folder cannot be made.</exception>
    public ProcessReplicaHost(ProcessHostOptions options, IMaterialOpener opener, TimeProvider time, ILogger<ProcessReplicaHost> logger)
    {
        string state = Path.GetFullPath(options.StateDirectory);
        _options = options with { StateDirectory = state };
        _opener = opener;
        _time = time;
        _logger = logger;
        PrivateFolder.Ensure(state);
        _runtime = options.RuntimeDirectory is { } given ? Path.GetFullPath(given) : MemoryBackedPlace.Find(state) ?? Path.Combine(state, "run");
        PrivateFolder.Ensure(_runtime, PrivateFolder.Traversable);
        // So that whoever owns the state folder can clear away what belongs to it once nothing runs.
        PrivateFolder.Replace(Path.Combine(state, "runtime"), _runtime + "\n");
        _memoryBacked = Native.IsMemoryBacked(_runtime);
        _replicas = Path.Combine(_runtime, "replicas");
        PrivateFolder.Ensure(_replicas, PrivateFolder.Traversable);
        string own = IdentityOf(state);
        _volumes = options.VolumeDirectory ?? (Native.IsRoot ? $"/var/lib/federation/{own}" : Path.Combine(state, "volumes"));
        Logs = new ReplicaLogs(Path.Combine(state, "logs"), options.LogBytes, options.LogFiles, options.LogKept, time);
        _groups = new ControlGroups($"{options.Cluster}.{options.Node}.{own[..8]}", options.Allocatable);
        uint firstUser = options.UserIdBase ?? 1_000_000_000 + uint.Parse(own.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) * UsersOfANode;
        bool isolate = options.TenantIsolation && Native.IsRoot;
        if (isolate && UserRights.Lack(File.ReadAllText("/proc/self/status"), File.ReadAllText("/proc/self/uid_map"), firstUser, UsersOfANode) is { } lack)
        {
            isolate = false;
            LogNotIsolating(_logger, lack);
        }
        _users = new TenantUsers(Path.Combine(state, "tenants"), isolate, firstUser);
        _probe = new HealthProbe(time);
        _parent = WriteScript("parent.sh");
        _enter = WriteScript("enter.sh");
        Facts = new HostFacts(Capabilities(), File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
    }

    /// <inheritdoc/>
    public HostFacts Facts { get; }

    /// <summary>What replicas have written.</summary>
    public ReplicaLogs Logs { get; }

    /// <summary>The folder that holds what must not reach a disk.</summary>
    internal string RuntimeDirectory => _runtime;

    /// <summary>Whether that folder lies in memory.</summary>
    internal bool MemoryBacked => _memoryBacked;

    /// <summary>Where the lease's end is read by those who end singletons, in hundredths of a second since boot.</summary>
    internal string LeaseFile => Path.Combine(_runtime, "lease");

    /// <inheritdoc/>
    public void Signal(ReplicaId replica, StopSignal signal)
    {
        lock (_gate)
        {
            if (!_hosted.TryGetValue(replica, out HostedProcess? hosted) || hosted.End is not null) return;
            if (signal == StopSignal.Kill) Kill(hosted);
            else if (hosted.LearnChild()) hosted.SignalChild(Native.Terminate);
            else hosted.TerminateWhenKnown = true;
        }
    }

    /// <inheritdoc/>
    public bool HasBegun(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedProcess? hosted) && hosted.End is null && hosted.LearnChild();
    }

    /// <inheritdoc/>
    public bool StandsStill(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedProcess? hosted) && hosted.End is null && hosted.LearnChild() && hosted.Child!.Value.IsStopped;
    }

    /// <inheritdoc/>
    public void TellOfEnds(Action ended) => _watch.Tell(ended);

    /// <inheritdoc/>
    public IReadOnlyList<ReplicaEnd> Poll()
    {
        lock (_gate)
        {
            HostedProcess[] watched = [.. _hosted.Values.Where(static hosted => hosted.Watched >= 0 && hosted.End is null)];
            if (_poll.Length < watched.Length) _poll = new Native.PollEntry[watched.Length * 2];
            for (int i = 0; i < watched.Length; i++) _poll[i] = new() { Descriptor = watched[i].Watched, Asked = Native.Readable };
            int found = watched.Length == 0 ? 0 : Native.Poll(ref _poll[0], (ulong)watched.Length, 0);
            for (int i = 0; i < watched.Length; i++)
            {
                HostedProcess hosted = watched[i];
                if (found > 0 && _poll[i].Found != 0) WatchedEnded(hosted);
                if (hosted.End is null && hosted.TerminateWhenKnown && hosted.LearnChild())
                {
                    hosted.TerminateWhenKnown = false;
                    hosted.SignalChild(Native.Terminate);
                }
            }
            Logs.Tend();
            if (_ends.Count == 0) return [];
            ReplicaEnd[] ends = [.. _ends];
            _ends.Clear();
            return ends;
        }
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(ReplicaId replica, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_hosted.TryGetValue(replica, out HostedProcess? hosted))
            {
                if (hosted.End is null) throw new InvalidOperationException($"replica {replica} still runs");
                hosted.Dispose();
                _hosted.Remove(replica);
            }
            _groups.Kill(replica);
        }
        ReplicaFolder folder = FolderOf(replica);
        if (Directory.Exists(folder.Root))
        {
            // rm does not follow a link that the tenant puts in the place of a folder while it works.
            using var remove = Process.Start(new ProcessStartInfo("/bin/rm", ["-rf", "--", folder.Root]))!;
            await remove.WaitForExitAsync(cancellationToken);
            if (Directory.Exists(folder.Root)) throw new IOException($"{folder.Root} could not be removed");
        }
        if (!_groups.Remove(replica)) throw new IOException($"the control groups of {replica} still hold a process");
        Logs.Retire(replica);
    }

    /// <inheritdoc/>
    public Task<ProbeOutcome> ProbeAsync(ReplicaRecord replica, CancellationToken cancellationToken) =>
        replica.Template.HealthCheck is { Exec: { } exec } check
            ? ProbeByCommandAsync(replica, exec, TimeSpan.FromSeconds(check.TimeoutSeconds), cancellationToken)
            : _probe.AskAsync(replica, static port => new IPEndPoint(IPAddress.Loopback, port.Port), cancellationToken);

    /// <inheritdoc/>
    public bool IsPortFree(int port) => LoopbackPort.IsFree(port);

    /// <inheritdoc/>
    public void AllowSingletonsFor(TimeSpan remaining)
    {
        // The parents compare it with the same clock: seconds since boot, those asleep included.
        double end = Uptime() + remaining.TotalSeconds;
        if (Math.Abs(end - _leaseEnd) < 0.05) return;
        try
        {
            PrivateFolder.Replace(LeaseFile, string.Create(CultureInfo.InvariantCulture, $"{(long)(end * 100)}\n"));
            _leaseEnd = end;
        }
        catch (IOException e)
        {
            // No room in memory: the parents go by the earlier end, which errs on the safe side.
            LogLeaseNotWritten(_logger, e);
        }
    }

    /// <summary>What a running replica uses.</summary>
    public ReplicaUsage UsageOf(ReplicaId replica) => _groups.Usage(replica);

    /// <summary>Whether the kernel counts processor time for each replica here.</summary>
    public bool CountsCpu => _groups.CountsCpu;

    /// <summary>Whether the kernel counts memory for each replica here.</summary>
    public bool CountsMemory => _groups.LimitsMemory;

    /// <summary>The most memory a replica may use, in bytes; null without a limit.</summary>
    public long? MemoryLimitOf(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedProcess? hosted) ? hosted.Record.Template.Resources?.MemoryLimit?.Value : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (HostedProcess hosted in _hosted.Values) hosted.Dispose();
            _hosted.Clear();
        }
        _watch.Dispose();
        _groups.Leave();
        _probe.Dispose();
    }

    private static double Uptime()
    {
        string text = File.ReadAllText("/proc/uptime");
        return double.Parse(text.AsSpan(0, text.IndexOf(' ')), CultureInfo.InvariantCulture);
    }

    /// <summary>Of this node on this machine: other agents have others.</summary>
    internal static string IdentityOf(string stateDirectory) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory))))[..16];

    private ReplicaFolder FolderOf(ReplicaId replica) => new(_replicas, Logs.Folder, replica);

    // The mark lies under the state folder, so that whoever owns that folder finds all its processes by it.
    internal string MarkOf(ReplicaId replica) => Path.Combine(_options.StateDirectory, "replicas", replica.Value);

    private string[] Capabilities()
    {
        List<string> capabilities = [Capability.Process, Capability.Fencing, Capability.Volumes];
        if (_groups.LimitsMemory) capabilities.Add(Capability.MemoryLimit);
        if (_groups.LimitsCpu) capabilities.Add(Capability.CpuLimit);
        if (_users.Isolates) capabilities.Add(Capability.TenantIsolation);
        return [.. capabilities];
    }

    // Named by its content: shells that run an earlier version go on reading theirs.
    internal string WriteScript(string name)
    {
        using Stream resource = typeof(ProcessReplicaHost).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(resource);
        string script = reader.ReadToEnd();
        string path = Path.Combine(_runtime, $"{Path.GetFileNameWithoutExtension(name)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)))[..12]}.sh");
        if (!File.Exists(path)) PrivateFolder.Replace(path, script);
        return path;
    }

    private void WatchedEnded(HostedProcess hosted)
    {
        if (!hosted.Orphaned)
        {
            if (StatusOf(hosted) is { } code)
            {
                Ended(hosted, code);
                return;
            }
            // The parent was killed: the process may be well. It is kept; a singleton is not, since nobody would end it with the lease.
            if (hosted.LearnChild() && hosted.Adopt(hosted.Child!.Value))
            {
                LogOrphaned(_logger, hosted.Record.Id);
                if (hosted.Record.Singleton) Kill(hosted);
                return;
            }
        }
        Ended(hosted, null);
    }

    private void Ended(HostedProcess hosted, int? code)
    {
        bool fenced = ProcessIdentity.ReadNote(hosted.Folder.Fenced) is [var attempt] && attempt == hosted.Record.Attempt.ToString(CultureInfo.InvariantCulture);
        string description = fenced ? ReplicaEnd.LeaseEnded : Describe(hosted, code);
        // What the process started and left behind ends with it.
        KillRest(hosted);
        hosted.End = new ReplicaEnd(hosted.Record.Id, hosted.Record.Attempt, code is >= 0 and <= 128 ? code : null, description, Fenced: fenced);
        hosted.Dispose();
        _ends.Add(hosted.End);
    }

    private string Describe(HostedProcess hosted, int? code)
    {
        bool memory = _groups.MemoryKills(hosted.Record.Id) > 0;
        string limit = hosted.Record.Template.Resources?.MemoryLimit is { } most ? $"above its memory limit of {most}" : "for want of memory";
        string program = hosted.Record.Template.Process?.Command ?? "";
        return code switch
        {
            null => hosted.Killed ? "killed by signal 9" : "ended, and nobody saw how: its parent had been killed",
            137 when memory => $"killed: {limit}",
            > 128 and <= 192 => string.Create(CultureInfo.InvariantCulture, $"killed by signal {code - 128}"),
            127 => $"exit code 127: '{program}' was not found, or a program that it needs",
            126 => $"exit code 126: '{program}' may not be run, or its working folder not entered",
            125 => "exit code 125: it could not be put under its limits",
            _ when memory => string.Create(CultureInfo.InvariantCulture, $"exit code {code}, after a process of it was killed {limit}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        };
    }

    private static int? StatusOf(HostedProcess hosted) =>
        ProcessIdentity.ReadNote(hosted.Folder.Status) is [var attempt, var code]
        && attempt == hosted.Record.Attempt.ToString(CultureInfo.InvariantCulture) && int.TryParse(code, CultureInfo.InvariantCulture, out int exit)
            ? exit
            : null;

    private void Kill(HostedProcess hosted)
    {
        hosted.Killed = true;
        // Not yet started: then neither it nor its parent is to go on. The parent leads a session of its own.
        if (!hosted.LearnChild() && hosted.ParentProcess > 0) _ = Native.SendSignal(-hosted.ParentProcess, Native.Kill);
        KillRest(hosted);
    }

    // All that the process started: by its groups, or where there are none by its session, which a program can leave.
    private void KillRest(HostedProcess hosted)
    {
        bool grouped = _groups.Kill(hosted.Record.Id);
        if (!hosted.LearnChild()) return;
        hosted.SignalChild(Native.Kill);
        if (grouped || _groups.LimitsMemory) return;
        foreach (int process in ProcessIdentity.InSession(hosted.Child!.Value.Process)) _ = Native.SendSignal(process, Native.Kill);
    }

    [LoggerMessage(EventId = 5108, Level = LogLevel.Warning, Message = "Tenants cannot have a user each here: {Why}. This node serves one tenant, as the agent's own user")]
    private static partial void LogNotIsolating(ILogger logger, string why);

    [LoggerMessage(EventId = 5101, Level = LogLevel.Warning, Message = "The parent of replica {Replica} is gone; its process runs on")]
    private static partial void LogOrphaned(ILogger logger, ReplicaId replica);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Error, Message = "The lease's end cannot be written: singletons end with the earlier one")]
    private static partial void LogLeaseNotWritten(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 5102, Level = LogLevel.Warning, Message = "A replica's folder {Folder} cannot be read and is left alone")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string folder);
}
