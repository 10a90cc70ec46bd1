using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Dispatching;

/// <summary>
/// The way from a Binding to orders, one safe step at a time. Pure. Each step keeps these:
/// the replicas of Active and Moving orders, and the surge handed out for a rollout, never exceed the desired number plus the workload's surge;
/// ready replicas are given up only above the desired number less what may be unavailable;
/// a singleton, or a workload with local data, starts nowhere while an older order of it may still run somewhere;
/// an order ends only when the target, obeying its withdrawal, reports no replica of it;
/// work leaves a lost target only under a verdict that says so now;
/// a revision that never ran everywhere is on trial: one target at a time, and nothing older is given up for it before it is proven there.
/// </summary>
public static partial class DispatchRules
{
    /// <summary>Computes the next step; empty when the orders already say what the binding wants or must wait.</summary>
    public static DispatchDecision Compute(DispatchInput input)
    {
        var step = new Step(input);
        step.EndConfirmed();
        if (input.Deleting)
        {
            step.WithdrawAll("the workload is being removed");
            return step.Decision(workloadGone: step.Nothing);
        }
        if (input.Binding is not { } binding || binding.WorkloadUid != input.Uid || binding.Generation != input.Generation)
            return step.Decision();
        step.LeaveTargets();
        step.Raise();
        step.Lower();
        step.RollOut();
        return step.Decision();
    }

    /// <summary>The deterministic id of a workload's order for a target.</summary>
    public static AssignmentId IdOf(string workloadUid, ClusterId cluster, NodeId? node) =>
        new(node is { } n ? $"{workloadUid}.{cluster}.{n}" : $"{workloadUid}.{cluster}");

    private sealed partial class Step
    {
        private readonly DispatchInput _input;
        private readonly SortedDictionary<AssignmentId, Assignment> _next = [];
        private readonly Dictionary<AssignmentId, PlacedAssignment> _placed = [];
        private readonly Dictionary<AssignmentId, TargetView> _targets = [];
        private readonly Dictionary<AssignmentId, int> _wanted = [];
        private readonly List<AssignmentId> _removals = [];
        private readonly int _total;
        private readonly int _surge;
        private readonly int _mayBeUnavailable;
        private readonly bool _exclusive;

        public Step(DispatchInput input)
        {
            _input = input;
            foreach (PlacedAssignment placed in input.Assignments)
            {
                _placed[placed.Order.Id] = placed;
                _next[placed.Order.Id] = placed.Order;
            }
            foreach (TargetView target in input.Targets) _targets[IdOf(input.Uid, target.Cluster, target.Node)] = target;
            foreach (BindingShare share in input.Binding?.Shares ?? []) _wanted[IdOf(input.Uid, share.Cluster, share.Node)] = share.Replicas;
            _total = _wanted.Values.Sum();
            _exclusive = input.Spec.Singleton || input.HasLocalData;
            _surge = _exclusive ? 0 : input.Spec.Update.MaxSurge.Up(_total);
            _mayBeUnavailable = Math.Max(_surge == 0 ? 1 : 0, input.Spec.Update.MaxUnavailable.Down(_total));
        }

        public bool Nothing => _next.Count == 0;

        public DispatchDecision Decision(bool workloadGone = false)
        {
            var upserts = new List<Assignment>();
            foreach ((AssignmentId id, Assignment order) in _next)
            {
                if (!_placed.TryGetValue(id, out PlacedAssignment? placed) || placed.Order != order) upserts.Add(order with { Term = _input.Term });
            }
            _removals.Sort();
            bool planned = !workloadGone && _input.Binding?.Generation == _input.Generation;
            return new(upserts, _removals, workloadGone)
            {
                RolledOut = planned && _total > 0 && upserts.Count == 0 && RunsEverywhere(),
                ClustersDone = planned ? ClustersDone() : [],
            };
        }

        public void EndConfirmed()
        {
            foreach ((AssignmentId id, PlacedAssignment placed) in _placed)
            {
                if (placed.Order.State != AssignmentState.Withdrawn) continue;
                TargetView? target = Target(id);
                if (target is { Live: true } && target.AppliedRevision >= placed.Revision && target.Running(id) == 0)
                {
                    _next.Remove(id);
                    _removals.Add(id);
                }
            }
        }

        public void WithdrawAll(string reason)
        {
            foreach (Assignment order in Orders())
                if (order.State != AssignmentState.Withdrawn) Withdraw(order, reason);
        }

        public void LeaveTargets()
        {
            foreach (Assignment order in Orders())
            {
                bool wanted = _wanted.ContainsKey(order.Id);
                TargetView? target = Target(order.Id);
                switch (order.State)
                {
                    case AssignmentState.Moving when wanted:
                        Put(order with { State = AssignmentState.Active, Reason = null, VerdictRevision = null });
                        break;
                    case AssignmentState.Active or AssignmentState.Moving when !wanted && target is { Lost: true }:
                        if (Fenced(target)) Put(order with
                        {
                            State = AssignmentState.Unreachable,
                            VerdictRevision = target.Verdict!.Revision,
                            Surge = 0,
                            Reason = target.Verdict.Reason,
                        });
                        break;
                    case AssignmentState.Active when !wanted && target is { Live: true }:
                        if (_exclusive) Withdraw(order, "it moves elsewhere, and stops before it starts there");
                        else Put(order with { State = AssignmentState.Moving, Surge = 0, Reason = "its replacements start elsewhere" });
                        break;
                    case AssignmentState.Unreachable when target is { Live: true }:
                        Return(order, wanted);
                        break;
                }
            }
        }

        public void Raise()
        {
            if (_exclusive && Orders().Any(order => !_wanted.ContainsKey(order.Id) && order.State != AssignmentState.Unreachable)) return;
            int budget = _total + _surge - Claimed();
            foreach ((AssignmentId id, int wanted) in _wanted.OrderBy(pair => pair.Key))
            {
                if (budget <= 0) return;
                TargetView? target = Target(id);
                if (target is not { Live: true }) continue;
                Assignment? order = _next.GetValueOrDefault(id);
                if (order is { State: not AssignmentState.Active }) continue;
                int more = Math.Min(wanted - (order?.Replicas ?? 0), budget);
                if (more <= 0) continue;
                budget -= more;
                Put(order is null ? NewOrder(target, more) : order with { Replicas = order.Replicas + more });
            }
        }

        public void Lower()
        {
            int spare = AvailableReplicas() - (_total - _mayBeUnavailable);
            foreach (Assignment order in Orders())
            {
                if (order.State is not (AssignmentState.Active or AssignmentState.Moving)) continue;
                int surplus = order.Replicas - _wanted.GetValueOrDefault(order.Id);
                if (surplus <= 0 || Target(order.Id) is not { Live: true } target) continue;
                int unready = Math.Max(0, order.Replicas - target.Ready(order.Id));
                int fewer = Math.Min(surplus, unready + Math.Max(0, spare));
                if (fewer <= 0) continue;
                spare -= Math.Max(0, fewer - unready);
                if (order.State == AssignmentState.Moving && order.Replicas == fewer) Withdraw(order, "its replacements are ready");
                else Put(order with { Replicas = order.Replicas - fewer });
            }
        }

        // A target that comes back is compared and repaired: what is wanted there goes on, the rest ends only when its replacements are ready.
        private void Return(Assignment order, bool wanted)
        {
            if (wanted)
            {
                int budget = Math.Max(0, _total + _surge - Claimed());
                Put(order with
                {
                    State = AssignmentState.Active,
                    Replicas = Math.Min(Math.Min(order.Replicas, _wanted[order.Id]), budget),
                    VerdictRevision = null,
                    Reason = null,
                });
            }
            else if (_exclusive || AvailableReplicas() >= _total)
            {
                Withdraw(order, "its cluster returned, and its replacements are ready elsewhere");
            }
        }

        private bool Fenced(TargetView target) => !_input.Spec.Singleton || (target.CanFence && target.Verdict!.LeaseEnded);

        private int AvailableReplicas() => Orders()
            .Where(order => order.State is AssignmentState.Active or AssignmentState.Moving)
            .Sum(order => Target(order.Id) is { Live: true } target ? Math.Min(order.Replicas, target.Ready(order.Id)) : 0);

        private int Claimed() => Orders()
            .Where(order => order.State is AssignmentState.Active or AssignmentState.Moving)
            .Sum(order => order.Replicas + order.Surge);

        private Assignment NewOrder(TargetView target, int replicas) => new()
        {
            Id = IdOf(_input.Uid, target.Cluster, target.Node),
            Workload = _input.Key,
            WorkloadUid = _input.Uid,
            Cluster = target.Cluster,
            Node = target.Node,
            Replicas = replicas,
            Generation = _input.Generation,
            Revision = _input.Fallback?.Revision ?? _input.Revision,
            Template = _input.Fallback?.Template ?? _input.Spec.Template,
            Singleton = _input.Spec.Singleton,
        };

        private void Withdraw(Assignment order, string reason) =>
            Put(order with { State = AssignmentState.Withdrawn, Replicas = 0, Surge = 0, MayBeUnavailable = 0, Trial = false, Reason = reason });

        private void Put(Assignment order) => _next[order.Id] = order;

        private Assignment[] Orders() => [.. _next.Values];

        private TargetView? Target(AssignmentId id) => _targets.GetValueOrDefault(id);
    }
}
