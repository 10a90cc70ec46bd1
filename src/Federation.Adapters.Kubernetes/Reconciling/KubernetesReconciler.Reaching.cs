using System.Runtime.CompilerServices;
using System.Text;
using Federation.Adapters.Kubernetes.Client.Streams;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Adapters.Kubernetes.Reaching;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

public sealed partial class KubernetesReconciler
{
    private static readonly TimeSpan SaysNoWithin = TimeSpan.FromMilliseconds(25);

    /// <summary>Where a replica runs; null if it does not run.</summary>
    public PodPlace? PlaceOf(ReplicaId id)
    {
        lock (_gate)
        {
            return _replicas.TryGetValue(id, out KubernetesReplica? replica) && replica.Pod.Spec.NodeName is not null && OwnContainer.Of(replica.Pod) is { } container
                ? new PodPlace(replica.Pod.Metadata.Namespace!, replica.Pod.Metadata.Name, container.Name)
                : null;
        }
    }

    /// <summary>A replica's output, oldest first, as its node keeps it.</summary>
    /// <param name="id">The replica; one that is not there has none.</param>
    /// <param name="follow">Whether to go on with what comes, until the container's run ends.</param>
    /// <param name="tail">At most so many lines of what is there; all if null.</param>
    /// <param name="since">Nothing older.</param>
    /// <param name="previous">Of the run before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It cannot be read; the message says why.</exception>
    public async IAsyncEnumerable<OutputLine> ReadOutputAsync(ReplicaId id, bool follow, int? tail, DateTimeOffset? since, bool previous, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (PlaceOf(id) is not { } place) yield break;
        var request = new LogRequest { Container = place.Container, Follow = follow && !previous, TailLines = tail, Since = since, Previous = previous, Timestamps = true };
        using LogStream? log = await _client.OpenLogAsync(place.Namespace, place.Pod, request, cancellationToken);
        if (log is null) yield break;
        await foreach (LogLine line in log.LinesAsync(cancellationToken))
            yield return new OutputLine(line.Time ?? DateTimeOffset.UnixEpoch, Encoding.UTF8.GetString(line.Text.Span).TrimEnd('\r'));
    }

    /// <summary>Connects to a replica's port through the API server; null if it does not run, or has no such port.</summary>
    /// <param name="id">The replica.</param>
    /// <param name="port">The port's name; empty for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The cluster does not let it, or cannot; the message says why.</exception>
    public async Task<PodForward?> OpenForwardAsync(ReplicaId id, string port, CancellationToken cancellationToken)
    {
        if (PlaceOf(id) is not { } place || FindRunning(id, port) is not { } at) return null;
        ForwardSession session = await _client.ForwardAsync(place.Namespace, place.Pod, at.Port, cancellationToken);
        try
        {
            await session.SettleAsync(SaysNoWithin, _time, cancellationToken);
            return new PodForward(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command in a replica's container; null if it does not run.</summary>
    /// <exception cref="IOException">It cannot be run there; the message says why.</exception>
    public async Task<PodCommand?> RunCommandAsync(ReplicaId id, IReadOnlyList<string> command, bool terminal, bool input, CancellationToken cancellationToken)
    {
        if (PlaceOf(id) is not { } place) return null;
        return new PodCommand(await _client.ExecAsync(place.Namespace, place.Pod, new ExecRequest(command) { Container = place.Container, Terminal = terminal, Input = input || terminal }, cancellationToken), terminal);
    }
}
