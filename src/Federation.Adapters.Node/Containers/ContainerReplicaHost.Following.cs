using System.Globalization;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Events;

namespace Federation.Adapters.Node.Containers;

/// <content>What the engine says: events as they come, and its whole list at each connection and every so often, so that a lost event costs time alone.</content>
public sealed partial class ContainerReplicaHost
{
    private const string Created = "created";
    private readonly HashSet<string> _strays = [];

    private async Task FollowAsync()
    {
        CancellationToken stop = _ending.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LearnEngineAsync(stop);
                using EventStream events = await _engine.OpenEventsAsync(null, [("type", "container"), ("event", "die"), ("event", "destroy"), ("label", $"{ContainerLabels.Node}={_node}")], stop);
                // After the stream is open: what happens from here on is in it.
                await CompareAsync(stop);
                await TakeEventsAsync(events, stop);
                Silent($"the engine at {_engine.Address} has ended its stream of events");
            }
            catch (EngineException e)
            {
                Silent(e.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            try
            {
                await Task.Delay(_options.LookAgain, _time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TakeEventsAsync(EventStream events, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using IAsyncEnumerator<EngineEvent> reading = events.ReadAsync(ending.Token).GetAsyncEnumerator(ending.Token);
        Task<bool> next = reading.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!next.IsCompleted && await Task.WhenAny(next, Task.Delay(CompareInterval, _time, stop)) != next)
                {
                    stop.ThrowIfCancellationRequested();
                    await CompareAsync(stop);
                    continue;
                }
                if (!await next) return;
                if (reading.Current.Actor.Attributes?.GetValueOrDefault(ContainerLabels.Replica) is { } replica && Find(new ReplicaId(replica)) is { } hosted) await ObserveAsync(hosted, stop);
                next = reading.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // The reading is over before it is let go of.
            ending.Cancel();
            await Task.WhenAny(next);
        }
    }

    private HostedContainer? Find(ReplicaId replica)
    {
        lock (_gate) return _hosted.GetValueOrDefault(replica);
    }

    // What the engine is, anew at each connection: it may have been replaced by another version.
    private async Task LearnEngineAsync(CancellationToken cancellationToken)
    {
        Version api = await _engine.NegotiateAsync(cancellationToken);
        EngineInfo info = await _engine.InfoAsync(cancellationToken);
        if (info.OsType != "linux") throw new EngineException($"the engine at {_engine.Address} runs {info.OsType} containers, and this node needs linux ones");
        if (info.IsRootless) throw new EngineException($"the engine at {_engine.Address} is rootless: its containers' addresses are not seen from this machine, so it is not driven");
        List<string> capabilities = [Capability.Image, .. OfferedCapabilities.Engine.Under(_options.MachineRights)];
        if (info.MemoryLimit) capabilities.Add(Capability.MemoryLimit);
        if (info.CpuCfsQuota) capabilities.Add(Capability.CpuLimit);
        if (_facts is null || !_facts.Capabilities.SequenceEqual(capabilities)) Volatile.Write(ref _facts, new HostFacts(capabilities, _machine.Facts.BootId));
        RemapsUsers = info.RemapsUsers;
        Api = api;
        if (Interlocked.Exchange(ref _silence, null) is not null) LogAnswers(_logger, _engine.Address.ToString(), info.ServerVersion, api);
    }

    private bool RemapsUsers { get; set; }

    private Version Api { get; set; } = EngineClient.OldestVersion;

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        HostedContainer[] before;
        lock (_gate) before = [.. _hosted.Values];
        IReadOnlyList<ContainerSummary> listed = await _engine.ListContainersAsync([("label", $"{ContainerLabels.Node}={_node}")], cancellationToken);
        var byReplica = new Dictionary<string, ContainerSummary>(StringComparer.Ordinal);
        foreach (ContainerSummary summary in listed)
            if (summary.Labels.GetValueOrDefault(ContainerLabels.Replica) is { } replica) byReplica[replica] = summary;
        foreach (HostedContainer hosted in before)
        {
            bool settled;
            lock (_gate) settled = hosted.Starting || (hosted.End is null && hosted.Container is not null && hosted.Pump is not null);
            ContainerSummary? summary = byReplica.GetValueOrDefault(hosted.Record.Id.Value);
            bool runs = summary?.State == "running" && summary.Labels.GetValueOrDefault(ContainerLabels.Attempt) == AttemptOf(hosted.Record);
            if (!settled || !runs) await ObserveAsync(hosted, cancellationToken);
        }
        HashSet<string> known;
        lock (_gate) known = [.. _hosted.Keys.Select(static id => id.Value)];
        foreach ((string replica, ContainerSummary summary) in byReplica)
            if (!known.Contains(replica) && summary.State == "running" && _strays.Add(summary.Id)) LogStray(_logger, summary.Names.FirstOrDefault()?.TrimStart('/') ?? summary.Id);
    }

    private async Task ObserveSafelyAsync(HostedContainer hosted)
    {
        try
        {
            await ObserveAsync(hosted, _ending.Token);
        }
        catch (EngineException e)
        {
            // Compared again when the engine answers.
            Silent(e.Message);
        }
    }

    // Asks for one container and takes over what the engine says. Without an answer nothing is concluded.
    private async Task ObserveAsync(HostedContainer hosted, CancellationToken cancellationToken)
    {
        ContainerDetails? details;
        try
        {
            details = await _engine.InspectContainerAsync(hosted.Container ?? hosted.Name, cancellationToken);
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            details = null;
        }
        bool ours = details?.Config?.Labels is { } labels && labels.GetValueOrDefault(ContainerLabels.Node) == _node
            && labels.GetValueOrDefault(ContainerLabels.Replica) == hosted.Record.Id.Value && labels.GetValueOrDefault(ContainerLabels.Attempt) == AttemptOf(hosted.Record);
        bool killAgain = false;
        lock (_gate)
        {
            if (hosted.Starting) return;
            if (hosted.End is not null)
            {
                // Someone has started again what had ended here.
                killAgain = ours && details!.State.Running;
            }
        }
        if (killAgain)
        {
            await SendAsync(hosted, "SIGKILL");
            return;
        }
        if (!ours)
        {
            End(hosted, null, hosted.Container is null && !File.Exists(hosted.Folder.Child) ? "its container was not made" : "its container was removed by someone else", hosted.Container is not null || File.Exists(hosted.Folder.Child));
        }
        else if (details!.State.Running)
        {
            Learn(hosted, details);
        }
        else
        {
            Learn(hosted, details);
            bool open = details.State is { OutOfMemory: false, ExitCode: ContainerState.KilledCode } && hosted.Record.Template.Resources?.MemoryLimit is not null && !hosted.Killed;
            if (open) Track(EndAsToldAsync(hosted, details));
            else EndAsDescribed(hosted, details.State);
        }
    }

    // Others' ends are not kept waiting for the reason of this one.
    private async Task EndAsToldAsync(HostedContainer hosted, ContainerDetails details)
    {
        bool outOfMemory = false;
        try
        {
            outOfMemory = await _engine.RanOutOfMemoryAsync(details, _ending.Token);
        }
        catch (EngineException e)
        {
            LogNoReason(_logger, hosted.Record.Id, e.Message);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return;
        }
        EndAsDescribed(hosted, details.State with { OutOfMemory = outOfMemory });
    }

    // Who and where it is, as far as it was not known.
    private void Learn(HostedContainer hosted, ContainerDetails details)
    {
        bool unguarded = false;
        // What an earlier agent has started calls other workloads through this one.
        if (details.State.Running && GatewayOf(hosted.Record, details) is { } gateway) _ = OpenMesh(hosted.Record, gateway);
        lock (_gate)
        {
            hosted.Container = details.Id;
            hosted.Image = details.Image;
            if (details.Config?.StopSignal is { Length: > 0 } signal) hosted.StopSignal = signal;
            if (hosted.Record.Template.Container?.StopSignal is { } declared) hosted.StopSignal = declared;
            _machine.Logs.Expect(hosted.Record.Id);
            hosted.Pump ??= PumpAsync(hosted);
            if (!details.State.Running) return;
            hosted.Address = details.NetworkSettings?.Networks?.Values.FirstOrDefault(static network => !string.IsNullOrEmpty(network.IPAddress))?.IPAddress;
            hosted.Process = ContainerProcess.Find(details.State.Pid, details.Id);
            if (hosted.Process is { } process) PrivateFolder.Replace(hosted.Folder.Child, string.Create(CultureInfo.InvariantCulture, $"{hosted.Record.Attempt} {process.Process} {process.Started}\n"));
            hosted.Begun = true;
            if (hosted.Record.Singleton)
            {
                unguarded = hosted.Process is null;
                if (!unguarded && !hosted.Guarded && !IsGuarded(hosted)) StartGuard(hosted);
            }
        }
        if (!unguarded) return;
        LogUnguarded(_logger, hosted.Record.Id);
        Track(SendAsync(hosted, "SIGKILL"));
    }

    private void EndAsDescribed(HostedContainer hosted, ContainerState state)
    {
        // What the engine could not start says so itself; 126 and 127 are the program's own fault.
        bool programs = state.ExitCode is 126 or 127 && state.Error.Length > 0;
        if (!programs && (state.Status == Created || (state.Error.Length > 0 && !hosted.Begun)))
        {
            End(hosted, null, state.Error.Length > 0 ? $"the engine could not start its container: {state.Error}" : "its container was not started", began: false);
            return;
        }
        string limit = hosted.Record.Template.Resources?.MemoryLimit is { } most ? $"above its memory limit of {most}" : "for want of memory";
        int code = state.ExitCode;
        bool fenced = ProcessIdentity.ReadNote(hosted.Folder.Fenced) is [var attempt] && attempt == AttemptOf(hosted.Record);
        string description = fenced ? ReplicaEnd.LeaseEnded : code switch
        {
            ContainerState.KilledCode when state.OutOfMemory => $"killed: {limit}",
            > 128 and <= 192 => string.Create(CultureInfo.InvariantCulture, $"killed by signal {code - 128}"),
            126 or 127 when state.Error.Length > 0 => string.Create(CultureInfo.InvariantCulture, $"exit code {code}: {state.Error}"),
            _ when state.OutOfMemory => string.Create(CultureInfo.InvariantCulture, $"exit code {code}, after a process of it was killed {limit}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        };
        End(hosted, code is >= 0 and <= 128 ? code : null, description, began: true, fenced);
    }

    private void End(HostedContainer hosted, int? code, string description, bool began, bool fenced = false)
    {
        lock (_gate)
        {
            if (hosted.End is not null) return;
            hosted.End = new ReplicaEnd(hosted.Record.Id, hosted.Record.Attempt, code, description, began, fenced);
            if (_hosted.GetValueOrDefault(hosted.Record.Id) == hosted) _ends.Add(hosted.End);
        }
        EndGuard(hosted);
    }
}
