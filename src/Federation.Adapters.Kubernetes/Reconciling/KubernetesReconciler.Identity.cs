using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Reconciling;

public sealed partial class KubernetesReconciler
{
    // A cluster has no identity of its own: this namespace is made with it, and never made anew.
    private const string MadeWithIt = "kube-system";

    // Where one was listed anew, another server may have answered than before.
    private long _listed;
    private long _recognised = -1;
    private bool _recognisedOrdered;
    private long _recognisedAt;

    /// <summary>
    /// Why what answers must not be taken for the cluster of the orders; null if it may. A context that was switched, a name that leads elsewhere or a cluster that
    /// was made anew all answer well: what is not there may run on in the first one.
    /// </summary>
    private async Task<string?> ObjectionAsync(CancellationToken cancellationToken)
    {
        long listed;
        bool ordered;
        lock (_gate) (listed, ordered) = (_listed, _term > 0);
        if (listed == _recognised && ordered == _recognisedOrdered && _time.GetElapsedTime(_recognisedAt) < _options.IdleTick) return null;
        if (await IdentityAsync(cancellationToken) is { } identity)
        {
            if (_identity.Kept is { } kept && kept != identity)
                return $"another cluster answers than the one that has had the orders: the uid of {MadeWithIt} is {identity}, and was {kept}. Nothing is done in it; if it is to take the other's place, move {_identity.Path} away and start the agent again";
            // Whoever has no orders yet may be led elsewhere.
            if (ordered && _identity.Kept is null) Pin(identity);
        }
        lock (_gate) _recognised = listed;
        _recognisedOrdered = ordered;
        _recognisedAt = _time.GetTimestamp();
        return null;
    }

    private void Pin(string identity)
    {
        try
        {
            _identity.Keep(identity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotPinned(_logger, e.Message);
        }
    }

    private async Task<string?> IdentityAsync(CancellationToken cancellationToken)
    {
        try
        {
            JsonObject? made = await _client.FindAsync(ApiResource.Namespaces, null, MadeWithIt, cancellationToken);
            return (string?)(made?["metadata"] as JsonObject)?["uid"];
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Denied)
        {
            // An agent whose rights end at its namespaces cannot tell clusters apart.
            return null;
        }
    }
}
