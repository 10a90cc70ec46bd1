using System.Globalization;
using System.Net;
using System.Text.Json;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Engine;
using Federation.Engine.Containers;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Node.Containers;

/// <summary>
/// Runs replicas as containers of a Docker Engine on this machine. The engine only makes, starts and ends them: when and how often is the
/// reconciler's, as with processes, so that one policy holds for both.
/// <para>
/// What the engine says is followed by its events and compared with its list at each new connection. While it is silent nothing is concluded: a
/// container counts as what it was last, and none is called ended.
/// </para>
/// </summary>
public sealed partial class ContainerReplicaHost : IReplicaHost, IAsyncDisposable
{
    private const int StartsAtOnce = 4;
    private static readonly TimeSpan CompareInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(5);

    private readonly ContainerHostOptions _options;
    private readonly EngineClient _engine;
    private readonly ProcessReplicaHost _machine;
    private readonly IMaterialOpener _opener;
    private readonly TimeProvider _time;
    private readonly ILogger<ContainerReplicaHost> _logger;
    private readonly object _gate = new();
    private readonly SortedDictionary<ReplicaId, HostedContainer> _hosted = [];
    private readonly List<ReplicaEnd> _ends = [];
    private readonly Dictionary<ReplicaId, Task> _removals = [];
    private readonly List<Task> _work = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _starts = new(StartsAtOnce);
    private readonly SemaphoreSlim _networks = new(1);
    private readonly HealthProbe _probe;
    private readonly GatewayRelay? _relay;
    private readonly string _node;
    private readonly string _containers;
    private readonly string _guard;
    private HostFacts? _facts;
    private string? _silence;

    /// <summary>Makes the host; the engine is not spoken with yet.</summary>
    /// <param name="options">What it is told.</param>
    /// <param name="engine">The engine, which stays the caller's.</param>
    /// <param name="machine">The host of the machine's processes, whose folders, lease and output it shares.</param>
    /// <param name="opener">Opens configs and secrets.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ContainerReplicaHost(
        ContainerHostOptions options, EngineClient engine, ProcessReplicaHost machine, IMaterialOpener opener, TimeProvider time, ILogger<ContainerReplicaHost> logger)
    {
        _options = options;
        _engine = engine;
        _machine = machine;
        _opener = opener;
        _time = time;
        _logger = logger;
        _node = $"{options.Cluster}.{options.Node}.{ProcessReplicaHost.IdentityOf(options.StateDirectory)}";
        _containers = Path.Combine(machine.RuntimeDirectory, "containers");
        PrivateFolder.Ensure(_containers);
        _guard = machine.WriteScript("guard.sh");
        _probe = new HealthProbe(time);
        _silence = $"the engine at {engine.Address} was not reached yet";
        if (options.ProxyPort is { } port) _relay = new GatewayRelay(port, logger, _ending.Token);
    }

    /// <summary>What the engine can run and enforce; nothing before it has answered.</summary>
    public HostFacts Facts => Volatile.Read(ref _facts) ?? new HostFacts([], _machine.Facts.BootId);

    /// <summary>Whether an engine has answered since this agent started.</summary>
    public bool IsPresent => Volatile.Read(ref _facts) is not null;

    /// <summary>Whether the replica is one of this host's.</summary>
    public bool Knows(ReplicaId replica)
    {
        lock (_gate) return _hosted.ContainsKey(replica);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HostedReplica>> AdoptAsync(CancellationToken cancellationToken)
    {
        foreach (string root in Directory.EnumerateDirectories(_containers).Order(StringComparer.Ordinal))
        {
            try
            {
                var id = new ReplicaId(Path.GetFileName(root));
                var folder = new ContainerFolder(_containers, id);
                if (!File.Exists(folder.Record)) continue;
                ReplicaRecord record = JsonSerializer.Deserialize<ReplicaRecord>(File.ReadAllText(folder.Record), DomainJson.Options)!;
                // Until the engine says otherwise: what was started runs.
                lock (_gate) _hosted[id] = new HostedContainer(record, folder, EngineNames.Container(_node, id.Value)) { Begun = true, Process = ProcessIdentity.FromNote(folder.Child, record.Attempt) };
            }
            catch (Exception e) when (e is IOException or JsonException)
            {
                LogUnreadable(_logger, e, root);
            }
        }
        using (var limit = new CancellationTokenSource(_options.StartPatience, _time))
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token))
        {
            try
            {
                await LearnEngineAsync(both.Token);
                await CompareAsync(both.Token);
            }
            catch (EngineException e)
            {
                Silent(e.Message);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Silent($"the engine at {_engine.Address} does not answer");
            }
        }
        Track(FollowAsync());
        lock (_gate)
        {
            _ends.Clear();
            return [.. _hosted.Values.Select(static hosted => new HostedReplica(hosted.Record, hosted.End))];
        }
    }

    /// <inheritdoc/>
    public void Signal(ReplicaId replica, StopSignal signal)
    {
        HostedContainer? hosted;
        lock (_gate)
        {
            if (!_hosted.TryGetValue(replica, out hosted) || hosted.End is not null) return;
            if (signal == StopSignal.Kill) hosted.Killed = true;
        }
        // A start that is under way is given up, and says when nothing of it is left.
        hosted.Stopping.Cancel();
        if (signal == StopSignal.Kill && Native.IsRoot) KillProcess(hosted);
        lock (_gate)
        {
            if (hosted.Starting) return;
        }
        Track(SendAsync(hosted, signal == StopSignal.Kill ? "SIGKILL" : hosted.StopSignal));
    }

    /// <inheritdoc/>
    public bool HasBegun(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedContainer? hosted) && hosted is { Begun: true, End: null };
    }

    /// <inheritdoc/>
    public bool StandsStill(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedContainer? hosted) && hosted is { Begun: true, End: null, Process: { IsStopped: true } };
    }

    /// <inheritdoc/>
    public IReadOnlyList<ReplicaEnd> Poll()
    {
        lock (_gate)
        {
            _work.RemoveAll(static work => work.IsCompletedSuccessfully);
            if (_ends.Count == 0) return [];
            ReplicaEnd[] ends = [.. _ends];
            _ends.Clear();
            return ends;
        }
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(ReplicaId replica, CancellationToken cancellationToken)
    {
        var folder = new ContainerFolder(_containers, replica);
        HostedContainer? hosted;
        Task? removal;
        bool first;
        lock (_gate)
        {
            _hosted.TryGetValue(replica, out hosted);
            if (hosted is not null && hosted.End is null) throw new InvalidOperationException($"replica {replica} still runs");
            // One that this machine never had a container of, on a machine that perhaps never had an engine.
            if (hosted is null && !IsPresent && !Directory.Exists(folder.Root)) return;
            first = !_removals.TryGetValue(replica, out removal) || removal is { IsFaulted: true } or { IsCanceled: true };
            if (first) _removals[replica] = removal = RemoveContainerAsync(replica, hosted);
        }
        // The engine may be slow or silent: the reconciler asks again, and goes on meanwhile.
        if (first && !removal!.IsCompleted) await Task.WhenAny(removal, Task.Delay(RemovalPatience, _time, cancellationToken));
        if (!removal!.IsCompleted) throw new IOException("the engine is still removing its container");
        await removal;
        lock (_gate)
        {
            _removals.Remove(replica);
            _hosted.Remove(replica);
        }
        if (Directory.Exists(folder.Root)) Directory.Delete(folder.Root, recursive: true);
        _machine.Logs.Retire(replica);
    }

    /// <inheritdoc/>
    public async Task<ProbeOutcome> ProbeAsync(ReplicaRecord replica, CancellationToken cancellationToken)
    {
        HostedContainer? hosted;
        string? address;
        lock (_gate)
        {
            if (!_hosted.TryGetValue(replica.Id, out hosted) || hosted.End is not null) return new(false, "it does not run");
            if (!hosted.Begun) return new(false, hosted.Doing);
            address = hosted.Address;
        }
        if (replica.Template.HealthCheck is { Exec: { } exec } check) return await ProbeByCommandAsync(hosted, exec, TimeSpan.FromSeconds(check.TimeoutSeconds), cancellationToken);
        if (!IPAddress.TryParse(address, out IPAddress? parsed)) return new(false, "its container has no address: the engine has not said one yet");
        // Not through the published port: the engine's proxy there takes connections whether or not the program does.
        return await _probe.AskAsync(replica, port => new IPEndPoint(parsed, InsidePort(replica, port)), cancellationToken);
    }

    /// <inheritdoc/>
    public bool IsPortFree(int port) => LoopbackPort.IsFree(port);

    /// <summary>Without effect here: the lease is kept by the machine's host, and each singleton's guard reads it there.</summary>
    public void AllowSingletonsFor(TimeSpan remaining)
    {
    }

    /// <summary>What a replica used when that was last asked of the engine.</summary>
    public ReplicaUsage UsageOf(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedContainer? hosted) ? hosted.Usage : default;
    }

    /// <summary>Asks the engine what the replicas use. One that it does not answer for keeps what was said before.</summary>
    public async Task RefreshUsageAsync(CancellationToken cancellationToken)
    {
        HostedContainer[] running;
        lock (_gate) running = [.. _hosted.Values.Where(static hosted => hosted is { Begun: true, End: null, Container: not null })];
        await Parallel.ForEachAsync(running, new ParallelOptions { MaxDegreeOfParallelism = StartsAtOnce, CancellationToken = cancellationToken }, async (hosted, stop) =>
        {
            try
            {
                ContainerStats stats = await _engine.StatsAsync(hosted.Container!, stop);
                var usage = new ReplicaUsage(TimeSpan.FromMicroseconds((stats.Cpu?.Usage?.TotalNanoseconds ?? 0) / 1000), stats.Memory?.Bytes ?? 0);
                lock (_gate) hosted.Usage = usage;
            }
            catch (EngineException e)
            {
                LogNoUsage(_logger, hosted.Record.Id, e.Message);
            }
        });
    }

    /// <summary>The most memory a replica may use, in bytes; null without a limit.</summary>
    public long? MemoryLimitOf(ReplicaId replica)
    {
        lock (_gate) return _hosted.TryGetValue(replica, out HostedContainer? hosted) ? hosted.Record.Template.Resources?.MemoryLimit?.Value : null;
    }

    /// <summary>Ends what this host does; its containers run on.</summary>
    public async ValueTask DisposeAsync()
    {
        _ending.Cancel();
        Task[] work;
        lock (_gate) work = [.. _work, .. _removals.Values, .. _hosted.Values.Select(static hosted => hosted.Pump).OfType<Task>()];
        foreach (Task task in work)
        {
            try
            {
                await task;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Ended as was asked for, or failed as its caller was told.
            }
        }
        _relay?.CloseAll();
        _probe.Dispose();
        _starts.Dispose();
        _networks.Dispose();
    }

    // A port inside the container: as declared, or else the one that it is published at.
    private static int InsidePort(ReplicaRecord record, ReplicaPort port) =>
        record.Template.Ports?.FirstOrDefault(declared => declared.Name == port.Name)?.ContainerPort ?? port.Port;

    private void Track(Task work)
    {
        lock (_gate) _work.Add(work);
    }

    private void Silent(string reason)
    {
        if (Interlocked.Exchange(ref _silence, reason) is null) LogSilent(_logger, _engine.Address.ToString(), reason);
    }

    private async Task SendAsync(HostedContainer hosted, string signal)
    {
        try
        {
            await _engine.KillContainerAsync(hosted.Container ?? hosted.Name, signal, _ending.Token);
        }
        catch (EngineException e) when (e.IsNotFound || e.IsConflict)
        {
            // It has ended meanwhile: how is read below.
            await ObserveSafelyAsync(hosted);
        }
        catch (EngineException e)
        {
            LogNotSignalled(_logger, hosted.Record.Id, signal, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    private static void KillProcess(HostedContainer hosted)
    {
        if (hosted.Process is not { } process) return;
        int handle = Native.OpenProcess(process.Process);
        if (handle < 0) return;
        // The handle is of whoever has the id now: the start time says whether that is still the container's.
        if (process.IsAlive) _ = Native.SignalProcess(handle, Native.Kill);
        _ = Native.Close(handle);
    }

    private static string AttemptOf(ReplicaRecord record) => record.Attempt.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 5201, Level = LogLevel.Information, Message = "The engine at {Address} answers: Docker {Version}, API {Api}")]
    private static partial void LogAnswers(ILogger logger, string address, string version, Version api);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Warning, Message = "The engine at {Address} is silent, and its containers are taken to be what they were: {Reason}")]
    private static partial void LogSilent(ILogger logger, string address, string reason);

    [LoggerMessage(EventId = 5203, Level = LogLevel.Warning, Message = "The folder {Folder} of a replica's container cannot be read and is left alone")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string folder);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Warning, Message = "Replica {Replica} could not be sent {Signal}: {Reason}")]
    private static partial void LogNotSignalled(ILogger logger, ReplicaId replica, string signal, string reason);

    [LoggerMessage(EventId = 5205, Level = LogLevel.Debug, Message = "What replica {Replica} uses is not known: {Reason}")]
    private static partial void LogNoUsage(ILogger logger, ReplicaId replica, string reason);

    [LoggerMessage(EventId = 5210, Level = LogLevel.Debug, Message = "Whether replica {Replica} was killed for want of memory is not known: {Reason}")]
    private static partial void LogNoReason(ILogger logger, ReplicaId replica, string reason);

    [LoggerMessage(EventId = 5206, Level = LogLevel.Warning, Message = "The container {Container} has this node's marks and belongs to nothing that is known here: it is left alone")]
    private static partial void LogStray(ILogger logger, string container);

    [LoggerMessage(EventId = 5207, Level = LogLevel.Information, Message = "Replica {Replica} runs the image {Image} in container {Container}")]
    private static partial void LogRuns(ILogger logger, ReplicaId replica, string image, string container);

    [LoggerMessage(EventId = 5208, Level = LogLevel.Warning, Message = "A singleton's process cannot be seen on this machine, and so not be ended with the lease: replica {Replica} is ended")]
    private static partial void LogUnguarded(ILogger logger, ReplicaId replica);

    [LoggerMessage(EventId = 5209, Level = LogLevel.Warning, Message = "The output of replica {Replica} cannot be read now: {Reason}")]
    private static partial void LogNoOutput(ILogger logger, ReplicaId replica, string reason);
}
