using System.Runtime.CompilerServices;
using Federation.Adapters.Kubernetes.Reaching;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Adapters.Node.Logs;
using Federation.Agent.Logs;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Kubernetes;

/// <summary>The output of a cluster's pods, as their nodes keep it.</summary>
public sealed class PodOutput(KubernetesReconciler reconciler) : IReplicaOutput
{
    /// <inheritdoc/>
    public bool Knows(ReplicaId replica) => reconciler.Current.Replicas.Any(one => one.Id == replica);

    /// <inheritdoc/>
    public async IAsyncEnumerable<WrittenLine> ReadAsync(ReplicaId replica, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (OutputLine line in reconciler.ReadOutputAsync(replica, query.Follow, query.Tail, query.Since, query.Previous, cancellationToken)) yield return new WrittenLine(line.Time, line.Text);
    }
}
