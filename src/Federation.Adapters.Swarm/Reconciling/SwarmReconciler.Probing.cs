using System.Net;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Reconciling;

/// <content>Where replicas are reached, and whether they answer there.</content>
public sealed partial class SwarmReconciler
{
    private const int MostProbesAtOnce = 64;
    private static readonly TimeSpan ProbeWhileStarting = TimeSpan.FromMilliseconds(250);
    private static readonly HealthCheck Usual = new();
    private readonly List<Task> _probes = [];

    private void BeginProbes(CancellationToken cancellationToken)
    {
        _probes.RemoveAll(static probe => probe.IsCompleted);
        long now = _time.GetTimestamp();
        foreach (SwarmReplica replica in _replicas.Values)
        {
            if (_probes.Count >= MostProbesAtOnce) return;
            if (!IsProbed(replica) || replica.Probing || now < replica.ProbeAt) continue;
            replica.Probing = true;
            _probes.Add(ProbeAsync(replica, replica.Form.Check, replica.Endpoints, cancellationToken));
        }
    }

    private static bool IsProbed(SwarmReplica replica) => replica.Task.IsUp() && !replica.Task.IsUnwanted() && replica.Drain == DrainStage.None;

    private async Task ProbeAsync(SwarmReplica replica, HealthCheck? check, IReadOnlyList<TaskEndpoint> endpoints, CancellationToken cancellationToken)
    {
        string? complaint;
        try
        {
            // A machine tells of a task's ports a moment after the task itself.
            complaint = endpoints.Count < replica.Form.Ports.Count ? "the swarm has not told its ports yet" : await _probe.AskAsync(check, endpoints, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        bool changed;
        lock (_gate)
        {
            bool was = replica.Ready;
            (bool Asked, string? Complaint) before = (replica.Asked, replica.Complaint);
            replica.Probing = false;
            replica.Asked = true;
            replica.Complaint = complaint;
            replica.Failures = complaint is null ? 0 : replica.Failures + 1;
            if (complaint is null || replica.Adopted is not null) replica.Ready = replica.WasReady = replica.Task.IsUp();
            else if (!replica.WasReady || replica.Failures >= (check ?? Usual).FailureThreshold) replica.Ready = false;
            replica.ProbeAt = _time.GetTimestamp() + Ticks(replica.WasReady ? TimeSpan.FromSeconds((check ?? Usual).IntervalSeconds) : ProbeWhileStarting);
            changed = was != replica.Ready || before != (replica.Asked, replica.Complaint);
        }
        if (changed) _pulse.Set();
    }

    // A new leader is told of tasks anew, and not of their ports: those of a container that runs stay what they were.
    private void TakeEndpoints(SwarmReplica replica, SwarmNode? node)
    {
        SwarmTask task = replica.Task;
        string? container = task.Status.ContainerStatus?.ContainerId;
        if (node is null || !task.IsUp())
        {
            (replica.Endpoints, replica.EndpointsOf) = ([], null);
            return;
        }
        IReadOnlyList<TaskEndpoint> told = EndpointsOf(task, replica.Form, replica.Adopted?.Ingress ?? [], AddressOf(node));
        if (told.Count < replica.Form.Ports.Count && replica.EndpointsOf is { } known && known == container) return;
        (replica.Endpoints, replica.EndpointsOf) = (told, told.Count < replica.Form.Ports.Count ? null : container);
    }

    private static IReadOnlyList<TaskEndpoint> EndpointsOf(SwarmTask task, ReplicaForm form, IReadOnlyList<ServicePort> ingress, IPAddress address)
    {
        var endpoints = new List<TaskEndpoint>();
        foreach (FormPort port in form.Ports)
        {
            IEnumerable<ServicePort> open = (task.Status.PortStatus?.Ports ?? []).Concat(ingress);
            if (open.FirstOrDefault(given => given.TargetPort == port.Inside && given is { Protocol: "tcp", PublishedPort: > 0 }) is not { } given) continue;
            endpoints.Add(new TaskEndpoint(port.Name, new IPEndPoint(address, given.PublishedPort!.Value), port.Protocol));
        }
        return endpoints;
    }

    // A manager may know itself by an address that says nothing.
    private IPAddress AddressOf(SwarmNode node)
    {
        if (IPAddress.TryParse(node.Status.Addr, out IPAddress? address) && Says(address)) return address;
        if (node.ManagerStatus?.Addr is { } manager && IPEndPoint.TryParse(manager, out IPEndPoint? end) && Says(end.Address)) return end.Address;
        return IPAddress.TryParse(_managers.Current.Address.Host, out IPAddress? host) ? host : IPAddress.Loopback;

        static bool Says(IPAddress address) => !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
