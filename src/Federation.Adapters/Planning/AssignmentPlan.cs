using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Planning;

/// <summary>The next step towards what an Assignment orders: how many replicas to start, and which to retire. Pure.</summary>
/// <param name="Starts">New replicas of the ordered revision.</param>
/// <param name="Retirements">Replicas to drain and stop, in order.</param>
public sealed record AssignmentPlan(int Starts, IReadOnlyList<ReplicaId> Retirements)
{
    /// <summary>
    /// Computes the step. Replicas that are on their way out count as running until they are gone, so that the total never exceeds
    /// the order's replicas and surge; a ready replica of an older revision is given up only while enough others are ready.
    /// </summary>
    public static AssignmentPlan Compute(Assignment order, IReadOnlyList<PlannedReplica> replicas)
    {
        bool stops = order.State == AssignmentState.Withdrawn || (order.State == AssignmentState.Unreachable && order.Singleton);
        if (stops) return new(0, [.. replicas.Where(static replica => !replica.Retiring).Select(static replica => replica.Id)]);

        bool active = order.State == AssignmentState.Active;
        List<PlannedReplica> keep = [.. replicas.Where(static replica => !replica.Retiring)];
        // Least worth first: ended, then older revisions, then unready; of equals the youngest.
        keep.Sort((a, b) => Worth(order, a).CompareTo(Worth(order, b)) is not 0 and var worth ? worth : b.Id.CompareTo(a.Id));
        // Without a grant too: an order that left in the middle of a rollout and came back has none, and what is not ready here is no loss.
        bool replacing = active && keep.Exists(replica => replica.Revision != order.Revision);

        var retire = new List<ReplicaId>();
        int surplus = keep.Count - order.Replicas - (replacing ? order.Surge : 0);
        for (; surplus > 0; surplus--)
        {
            retire.Add(keep[0].Id);
            keep.RemoveAt(0);
        }

        if (replacing)
        {
            // While the revision is on trial, its replicas stand in for none.
            int counted = keep.Count(replica => replica.Ready && (!order.Trial || replica.Revision != order.Revision));
            int spare = counted - (order.Replicas - order.MayBeUnavailable);
            // What an earlier trial left behind may fill the surge: then one that is not ready makes room, or this trial could never begin.
            bool crowded = order.Trial && order.Surge > 0 && keep.Count >= order.Replicas + order.Surge && !keep.Exists(replica => replica.Revision == order.Revision);
            foreach (PlannedReplica old in keep.Where(replica => replica.Revision != order.Revision).ToArray())
            {
                // One that is not ready is no loss, but on trial its place is not needed where there is a surge.
                bool makesRoom = crowded && !old.Ready;
                if (makesRoom) crowded = false;
                else if ((old.Ready || (order.Trial && order.Surge > 0)) && spare-- <= 0) break;
                retire.Add(old.Id);
                keep.Remove(old);
            }
        }

        int starts = 0;
        // What has run to its end is not begun again, though this node may have forgotten it.
        if (active && !order.Completed)
        {
            int missing = order.Replicas - keep.Count(replica => replica.Revision == order.Revision);
            int room = order.Replicas + (replacing ? order.Surge : 0) - keep.Count - replicas.Count(static replica => replica.Retiring) - retire.Count;
            starts = Math.Max(0, Math.Min(missing, room));
        }
        return new(starts, retire);
    }

    private static int Worth(Assignment order, PlannedReplica replica) =>
        (replica.Alive ? 4 : 0) + (replica.Ready ? 2 : 0) + (replica.Revision == order.Revision ? 1 : 0);
}
