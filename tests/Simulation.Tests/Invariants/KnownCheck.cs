using Federation.Domain.Identifiers;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Storage;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>What a process knows of another, in a world at rest, is what is there: nothing that is gone is remembered, nothing that came or changed was missed.</summary>
public static class KnownCheck
{
    public static void Verify(SimulatedPlane plane)
    {
        foreach ((string name, Following following) in plane.Followings) HoldsWhatItsOwnerHas(name, following, plane.Stores[following.Owner].Current);
        var observed = new ObservedWorld(plane.Door!.Health.Current);
        foreach (SimulatedMachine machine in plane.Machines) ReplicasAreThoseOf(machine, observed);
    }

    private static void HoldsWhatItsOwnerHas(string name, Following following, IStoreSnapshot owner)
    {
        FeedView view = following.Follower.Current;
        foreach (string kind in following.Kinds)
        {
            Dictionary<string, long> owned = owner.List(kind).ToDictionary(static document => document.Key.Key, static document => document.Revision, StringComparer.Ordinal);
            string[] missed = [.. owned.Keys.Where(key => !view.OfKind(kind).ContainsKey(key))], kept = [.. view.OfKind(kind).Keys.Where(key => !owned.ContainsKey(key))];
            if (missed.Length + kept.Length > 0)
                throw new InvariantBroken(Invariant.Repaired, $"{name}: of {kind} it never heard of {string.Join(", ", missed)}, and still holds {string.Join(", ", kept)}");
            // What came after the last mark is on its way.
            foreach ((string key, long revision) in owned)
            {
                if (revision <= view.Revision && view.OfKind(kind)[key].Revision != revision)
                    throw new InvariantBroken(Invariant.Repaired, $"{name}: of {kind} {key} it holds revision {view.OfKind(kind)[key].Revision}, which is {revision} now, and has heard all up to {view.Revision}");
            }
        }
    }

    private static void ReplicasAreThoseOf(SimulatedMachine machine, ObservedWorld observed)
    {
        SortedSet<ReplicaId> heard = [.. observed.Replicas.Where(replica => replica.Node is { } node && new NodeKey(replica.Cluster, node) == machine.Key).Select(static replica => replica.Id)];
        SortedSet<ReplicaId> kept = [.. machine.KeptReplicas];
        if (!heard.SetEquals(kept))
            throw new InvariantBroken(Invariant.Repaired, $"of {machine.Key} Placement hears of {string.Join(", ", heard)}, and its agent keeps {string.Join(", ", kept)}");
    }
}
