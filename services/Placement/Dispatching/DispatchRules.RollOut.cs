using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Placement.Dispatching;

public static partial class DispatchRules
{
    private sealed partial class Step
    {
        /// <summary>Hands the revision, the surge and what may be unavailable to one order; to the next when that one is done.</summary>
        public void RollOut()
        {
            // What must leave and is held where it is runs on as it is: a version with data elsewhere would begin without it.
            Assignment[] active = [.. Orders().Where(order => order.State == AssignmentState.Active && (!_input.HasLocalData || _wanted.ContainsKey(order.Id)))];
            bool underWay = false;
            foreach (Assignment order in active.Where(order => order.Revision == _input.Revision))
            {
                if (order.Trial && !_input.Paused && (_input.Fallback is null || _input.Proven.Contains(order.Id)))
                {
                    Put(order with { Trial = false });
                    underWay = true;
                }
                else if (LostItsGrant(order)) continue;
                // What is ready is not proven yet: while it is on trial here, it is tried nowhere else.
                else if (order.Trial || !Settled(order)) underWay = true;
                else if (order.Surge > 0 || order.MayBeUnavailable > 0) Put(order with { Surge = 0, MayBeUnavailable = 0 });
            }
            if (_input.Paused) return;
            // One that was given the version without a grant, or lost its grant, tries it all the same: until it is proven there, nobody else does.
            Assignment? tried = underWay ? null : Array.Find(active, order => order.Revision == _input.Revision && order.Trial);
            // A rollout that was replaced in its middle has left its grant with one order: that one goes first, or nobody ever could. Where it has no room for what
            // comes, it gives the grant back, or nothing could make the room; so it does where another has the declared version already, for the grant was of a budget that
            // may be another by now, and would be spent on a version that nobody wants any more.
            Assignment[] holders = [.. active.Where(order =>
                order.Revision != _input.Revision && (order.Surge > 0 || order.MayBeUnavailable > 0) && Target(order.Id) is { Live: true })];
            Assignment? holder = tried is null && !underWay ? Array.Find(holders, HasRoom) : null;
            if (holder is null)
                foreach (Assignment cramped in holders) Put(cramped with { Surge = 0, MayBeUnavailable = 0 });
            // Nobody has a grant to give while too many are ordered, and those too many may wait for just what a version that was left behind does not bring up.
            if (!underWay && tried is null && holder is null && Claimed() > _desired && Array.Find(active, order => HasFailed(order) && HasRoom(order)) is { } failed) HandOut(failed, surge: 0, unavailable: 0);
            if (underWay || (holder is null && Claimed() > _desired)) return;
            if ((holder ?? Next(tried is null ? active : [tried])) is not { } next) return;
            int surge = Math.Max(0, Math.Min(_surge, _desired + _surge - (Claimed() - next.Surge))), unavailable = UnavailableAt(next);
            if (surge + unavailable > 0 || HasFailed(next) || CannotBecomeMore(next)) HandOut(next, surge, unavailable);
            // What an earlier budget granted and the present one does not is given back, or it would be counted in everybody's way for ever.
            else if (holder is not null) Put(holder with { Surge = 0, MayBeUnavailable = 0 });
        }

        private void HandOut(Assignment order, int surge, int unavailable) => Put(order with
        {
            Revision = _input.Revision,
            Template = _input.Spec.Template,
            Generation = _input.Generation,
            Surge = surge,
            MayBeUnavailable = unavailable,
            Trial = _input.Fallback is not null,
            Reason = null,
        });

        // Ready replicas that other targets may give up yet, as the rollout granted it to them.
        private int GrantedElsewhere(AssignmentId id) => Orders()
            .Where(order => order.Id != id && order is { State: AssignmentState.Active, MayBeUnavailable: > 0 } && Target(order.Id) is { Live: true })
            .Sum(order => Math.Max(0, Math.Min(order.Replicas, Target(order.Id)!.Ready(order.Id)) - (order.Replicas - order.MayBeUnavailable)));

        private HeldOrder WhyGranted(AssignmentId id, int granted)
        {
            string why = $"its rollout has leave to give up ready replicas elsewhere ({granted}), which its update strategy does not allow twice";
            return _input.Paused ? new(id, $"{why}; the rollout is paused", Blocked: true) : new(id, why, Blocked: false);
        }

        // What is of a version between the one before and the declared one, and not ready, is replaced without a grant: nothing is given up for it.
        private bool HasFailed(Assignment order) => order.Revision != _input.Revision && order.Revision != _input.Fallback?.Revision
            && Target(order.Id) is { Live: true } target && target.Ready(order.Id) < order.Replicas;

        // What an earlier rollout left behind may be larger than the place was chosen for: it becomes more when it has become another, which costs nothing that is ready.
        private bool CannotBecomeMore(Assignment order) => order.Replicas < _wanted.GetValueOrDefault(order.Id) && !_planned.Covers(ReservedBy(order.Template));

        // One that has begun and lost its grant goes first. Within a cluster (or everywhere, where the order is free) a target that already fails its
        // present revision comes next: it has least to lose.
        private Assignment? Next(Assignment[] active)
        {
            Assignment? next = active
                .Where(order => (order.Revision != _input.Revision || LostItsGrant(order)) && Target(order.Id) is { Live: true } && HasRoom(order))
                .Where(order => _surge > 0 || UnavailableAt(order) > 0 || CannotBecomeMore(order))
                .OrderByDescending(order => order.Revision == _input.Revision)
                .ThenBy(order => RankOf(order.Cluster))
                .ThenBy(order => Target(order.Id)!.Ready(order.Id) >= order.Replicas)
                .ThenBy(order => order.Id)
                .FirstOrDefault();
            if (next is null || _input.ClusterRanks is null) return next;
            ClusterId[] begun = [.. active.Where(order => order.Revision == _input.Revision).Select(order => order.Cluster).Distinct()];
            bool mayBegin = !_input.BetweenClusters && begun.All(cluster => _input.ClustersDone.Contains(cluster.Value));
            return begun.Contains(next.Cluster) || mayBegin ? next : null;
        }

        private int RankOf(ClusterId? cluster) => _input.ClusterRanks is not { } ranks ? 0 : cluster is { } name ? ranks.GetValueOrDefault(name, int.MaxValue) : int.MaxValue;

        // Replicas that become larger do so only as many as the plan found room for; those beyond it leave first, or run on as they are.
        private bool HasRoom(Assignment order) => order.Replicas <= _wanted.GetValueOrDefault(order.Id) || ReservedBy(order.Template).Covers(ReservedBy(_input.Spec.Template));

        // What is missing elsewhere is not given up here too; what is missing here already is no loss.
        private int UnavailableAt(Assignment order)
        {
            int spare = AvailableReplicas() - (_total - _mayBeUnavailable);
            int missingHere = Math.Max(0, order.Replicas - Target(order.Id)!.Ready(order.Id));
            return Math.Min(_mayBeUnavailable, Math.Max(0, spare) + missingHere);
        }

        // An order that left and came back in the middle of a rollout has no surge any more, and cannot finish without one.
        private bool LostItsGrant(Assignment order) => order.Surge == 0 && order.MayBeUnavailable == 0
            && Target(order.Id) is { } target && target.RunningOthers(order.Id, order.Revision) > 0;

        private bool Settled(Assignment order)
        {
            if (Target(order.Id) is not { } target || !_placed.TryGetValue(order.Id, out PlacedAssignment? placed)) return false;
            return placed.Order == order && target.AppliedRevision >= placed.Revision
                && target.Ready(order.Id, order.Revision) + Succeeded(order, target) >= order.Replicas
                && target.Running(order.Id) <= order.Replicas;
        }

        // Where an end with exit code 0 is no fault it is as good as being ready.
        private int Succeeded(Assignment order, TargetView target) =>
            ContainerNeeds.RunsToAnEnd(_input.Spec.Template) ? target.Succeeded(order.Id, order.Revision) : 0;

        private bool RanToItsEnd() => !_input.Completed && _total > 0 && _total == _desired && _wanted.All(pair =>
            _placed.TryGetValue(pair.Key, out PlacedAssignment? placed) && placed.Order is { State: AssignmentState.Active } order && order.Revision == _input.Revision && order.Replicas == pair.Value
            && Target(pair.Key) is { Live: true } target && target.AppliedRevision >= placed.Revision
            && Succeeded(order, target) >= order.Replicas && target.Running(pair.Key) == 0);

        private bool RunsEverywhere() =>
            _wanted.Keys.All(IsDone) && _next.Values.All(order => order.State is AssignmentState.Unreachable or AssignmentState.Withdrawn || IsDone(order.Id));

        private List<ClusterId> ClustersDone() =>
        [
            .. _wanted.Keys.Select(id => (Cluster: _targets.GetValueOrDefault(id)?.Cluster, Done: IsDone(id)))
                .Where(entry => entry.Cluster is not null)
                .GroupBy(entry => entry.Cluster!.Value)
                .Where(cluster => cluster.All(entry => entry.Done))
                .Select(cluster => cluster.Key)
                .Order(),
        ];

        private bool IsDone(AssignmentId id) => _next.TryGetValue(id, out Assignment? order)
            && order.State == AssignmentState.Active && order.Revision == _input.Revision && !order.Trial && order.Replicas == _wanted.GetValueOrDefault(id)
            && Target(id) is { Live: true } && Settled(order);
    }
}
