using Federation.Domain.Identifiers;
using Federation.Routing.Tables;

namespace Federation.Routing.Choice;

/// <summary>
/// Chooses an endpoint for one try. Every ready replica weighs the same, so clusters share by their ready replicas. In this order: not on a node
/// that Health doubts; not on one whose tunnel says nothing; not taken out for failures; not unproven on trial; not in a cluster already tried; near (unless the near ones are full: then load spills
/// over); fewest requests in flight; next in turn.
/// What is on trial and unproven is chosen first where that harms nobody: by a repeatable request at a time, which others can answer if it fails,
/// and by few others.
/// </summary>
public static class EndpointChoice
{
    /// <summary>Requests in flight at which a near endpoint counts as full.</summary>
    public const int SpillOverAt = 64;

    private const int DoubtedNode = 32;
    private const int StalledNode = 16;
    private const int TakenOut = 8;
    private const int Unproven = 4;
    private const int TriedCluster = 2;
    private const int Far = 1;

    /// <summary>The endpoint to try; null if none that has the port and an open tunnel is left. Allocates nothing.</summary>
    /// <param name="service">The workload.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="now">Of the clock that <see cref="EndpointState"/> is told moments of.</param>
    public static RoutedEndpoint? Choose(RoutedService service, in ChoiceWish wish, TimeSpan now)
    {
        ReadOnlySpan<RoutedEndpoint> endpoints = service.Endpoints;
        int start = service.NextStart();
        RoutedEndpoint? best = null;
        int bestRank = int.MaxValue;
        int bestLoad = int.MaxValue;
        for (int i = 0; i < endpoints.Length; i++)
        {
            int at = start + i;
            RoutedEndpoint endpoint = endpoints[at < endpoints.Length ? at : at - endpoints.Length];
            if (!endpoint.Reach.Connected || endpoint.Port(wish.Port) is null || Contains(wish.Tried, endpoint.Endpoint.Replica)) continue;
            int load = endpoint.State.Outstanding;
            EndpointTrial? trial = endpoint.Endpoint.Trial ? endpoint.State.Trial : null;
            if (trial is not null && wish.Tried.Count == 0 && !endpoint.Reach.Doubtful && trial.Due(wish.Repeatable, load, now) && HasOther(service, wish)) return endpoint;
            int rank = (endpoint.Reach.Doubted ? DoubtedNode : 0)
                + (endpoint.Reach.Stalled ? StalledNode : 0)
                + (endpoint.State.Ejected(now) || trial?.Held(now) == true ? TakenOut : 0)
                + (trial?.Proven(wish.Repeatable, endpoints.Length) == false ? Unproven : 0)
                + (TriedIn(service, wish.Tried, endpoint.Endpoint.Node.Cluster) ? TriedCluster : 0)
                + (wish.Near is { } near && (endpoint.Endpoint.Node.Cluster != near || load >= SpillOverAt) ? Far : 0);
            if (rank > bestRank || (rank == bestRank && load >= bestLoad)) continue;
            best = endpoint;
            bestRank = rank;
            bestLoad = load;
        }
        return best;
    }

    /// <summary>Whether an endpoint that is not on trial is left to be tried.</summary>
    public static bool HasOther(RoutedService service, in ChoiceWish wish)
    {
        foreach (RoutedEndpoint endpoint in service.Endpoints)
        {
            if (!endpoint.Endpoint.Trial && endpoint.Reach is { Connected: true, Doubtful: false } && endpoint.Port(wish.Port) is not null
                && !Contains(wish.Tried, endpoint.Endpoint.Replica)) return true;
        }
        return false;
    }

    /// <summary>Whether an endpoint on another node, of which nothing is doubtful, is left to be tried.</summary>
    public static bool HasOtherNode(RoutedService service, in ChoiceWish wish, NodeKey node)
    {
        foreach (RoutedEndpoint endpoint in service.Endpoints)
        {
            if (endpoint.Endpoint.Node != node && endpoint.Reach is { Connected: true, Doubtful: false } && endpoint.Port(wish.Port) is not null
                && !Contains(wish.Tried, endpoint.Endpoint.Replica)) return true;
        }
        return false;
    }

    private static bool Contains(IReadOnlyList<ReplicaId> tried, ReplicaId replica)
    {
        for (int i = 0; i < tried.Count; i++)
        {
            if (tried[i] == replica) return true;
        }
        return false;
    }

    private static bool TriedIn(RoutedService service, IReadOnlyList<ReplicaId> tried, ClusterId cluster)
    {
        if (tried.Count == 0) return false;
        foreach (RoutedEndpoint endpoint in service.Endpoints)
        {
            if (endpoint.Endpoint.Node.Cluster == cluster && Contains(tried, endpoint.Endpoint.Replica)) return true;
        }
        return false;
    }
}
