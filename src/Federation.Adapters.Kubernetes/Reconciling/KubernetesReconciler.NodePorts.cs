using System.Net;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>Node ports, where replicas are reached by them: a Service for each replica, which is made once its pod has a node, and goes with it.</content>
public sealed partial class KubernetesReconciler
{
    private const string NodePortsFeed = "services";

    // What is refused is not asked for all the time, and what was just written may not be seen yet.
    private static readonly TimeSpan AsksForPortsAgain = TimeSpan.FromSeconds(30), PortsSeenWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string Namespace, string Name), ServiceObject> _nodePorts = [];
    // By the pod's uid; without a version where it was refused.
    private readonly Dictionary<string, (string? Version, long At)> _portsWritten = new(StringComparer.Ordinal);
    private long? _portsFailedAt;
    private string? _noPorts;

    /// <summary>Where a replica's port is reached at its node, by a node port that leads to this replica alone; null while it has none.</summary>
    /// <param name="id">The replica.</param>
    /// <param name="port">The port's name; empty for the first.</param>
    public IPEndPoint? FindNodePort(ReplicaId id, string port)
    {
        if (_options.Plane() is not { } plane) return null;
        KubernetesNames names = NamesOf(plane);
        lock (_gate)
        {
            return _replicas.TryGetValue(id, out KubernetesReplica? replica)
                && replica.Form.Reached.FirstOrDefault(one => port.Length == 0 || one.Name == port) is { } found && NodePortForm.IsReached(found)
                && replica.Pod.Spec.NodeName is { } node && AddressOf(_nodes.GetValueOrDefault(node)) is { } address
                && NodePortsOf(names, replica)?.Spec.Ports?.FirstOrDefault(one => one.Port == found.Number)?.NodePort is { } number
                ? new IPEndPoint(address, number)
                : null;
        }
    }

    // Nothing of the orders waits for ports: without one a replica is reached through the API server.
    private async Task GiveNodePortsAsync(KubernetesNames names, CancellationToken cancellationToken)
    {
        if (!_options.NodePorts || (_portsFailedAt is { } at && _time.GetElapsedTime(at) < AsksForPortsAgain)) return;
        KubernetesReplica[] wanting;
        string? why;
        lock (_gate)
        {
            bool seen = _seen.Contains(NodePortsFeed);
            why = seen ? null : _troubles.GetValueOrDefault(NodePortsFeed);
            wanting = seen ? [.. _replicas.Values.Where(replica => WantsNodePorts(names, replica))] : [];
            var pods = _replicas.Values.Select(static replica => replica.Pod.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
            foreach (string gone in _portsWritten.Keys.Where(uid => !pods.Contains(uid)).ToArray()) _portsWritten.Remove(gone);
        }
        _portsFailedAt = null;
        try
        {
            foreach (KubernetesReplica[] some in wanting.Chunk(MostWritesAtOnce))
                foreach (string? refusal in await Task.WhenAll(some.Select(replica => GiveNodePortsAsync(names, replica, cancellationToken)))) why ??= refusal;
        }
        catch (KubernetesException e)
        {
            // The server is in trouble, or says so because all node ports are given away: the others would fare no better.
            why = e.Message;
            _portsFailedAt = _time.GetTimestamp();
        }
        if (why is not null && why != _noPorts) LogNoNodePorts(_logger, why);
        bool settled;
        lock (_gate) settled = _portsWritten.Values.All(static written => written.Version is not null);
        if (why is not null || settled) _noPorts = why;
    }

    private bool WantsNodePorts(KubernetesNames names, KubernetesReplica replica)
    {
        Pod pod = replica.Pod;
        if (replica.Cron is not null || replica.IsEnding || pod.Spec.NodeName is null || pod.Status.Phase is "Succeeded" or "Failed" || !NodePortForm.IsFor(replica.Form)) return false;
        if (!_portsWritten.TryGetValue(pod.Metadata.Uid!, out (string? Version, long At) written)) return true;
        if (written.Version is null) return _time.GetElapsedTime(written.At) >= AsksForPortsAgain;
        // What others have changed or taken away is put right.
        return _time.GetElapsedTime(written.At) >= PortsSeenWithin && (!IsLabelled(pod) || NodePortsOf(names, replica)?.Metadata.ResourceVersion != written.Version);
    }

    // Why it got none; null where it did, or is gone.
    private async Task<string?> GiveNodePortsAsync(KubernetesNames names, KubernetesReplica replica, CancellationToken cancellationToken)
    {
        Pod pod;
        lock (_gate) pod = replica.Pod;
        string uid = pod.Metadata.Uid!;
        string? version = null, refusal = null;
        try
        {
            if (!IsLabelled(pod))
            {
                var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = uid, ["labels"] = new JsonObject { [KubernetesLabels.Pod] = uid } } };
                await _client.MergeAsync(ApiResource.Pods, pod.Metadata.Namespace!, pod.Metadata.Name, patch, cancellationToken);
            }
            version = (await _client.ApplyAsync(ApiResource.Services, pod.Metadata.Namespace, NodePortForm.Make(names, pod, replica.Owner, replica.Form), force: true, dryRun: false, cancellationToken)).ResourceVersion;
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Missing or FailureKind.NamespaceMissing or FailureKind.NamespaceTerminating or FailureKind.VersionConflict)
        {
            // The pod went meanwhile, or another has its name.
            return null;
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Denied or FailureKind.Refused or FailureKind.Quota or FailureKind.Invalid)
        {
            refusal = e.Message;
        }
        lock (_gate) _portsWritten[uid] = (version, _time.GetTimestamp());
        return refusal;
    }

    private static bool IsLabelled(Pod pod) => pod.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Pod) == pod.Metadata.Uid;

    // Under a name that is not its own, or without the mark, it is no Service of ours.
    private ServiceObject? NodePortsOf(KubernetesNames names, KubernetesReplica replica)
    {
        string uid = replica.Pod.Metadata.Uid!;
        if (replica.NodePort?.Uid != uid) replica.NodePort = (uid, names.NodePort(replica.Owner.Workload, uid));
        ServiceObject? service = _nodePorts.GetValueOrDefault((replica.Pod.Metadata.Namespace!, replica.NodePort.Value.Name));
        return service?.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) == names.Owner() ? service : null;
    }

    private static IPAddress? AddressOf(Node? node) => (node?.Status.Addresses ?? []).Where(static one => one.Type == "InternalIP")
        .Select(static one => IPAddress.TryParse(one.Address, out IPAddress? address) ? address : null).FirstOrDefault(static address => address is not null);
}
