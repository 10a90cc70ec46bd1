using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;

namespace Federation.Placement.Dispatching;

/// <summary>
/// The way from a Binding to orders, one safe step at a time. Pure. Each step keeps these:
/// the replicas of Active and Moving orders, and the surge handed out for a rollout, never exceed the desired number plus the workload's surge;
/// ready replicas are given up only above the desired number less what may be unavailable, as the workload's disruption budget has it, and where replicas
/// found no place, what runs in a place that it must leave goes on; what a rollout granted counts as given up, and what clusters may take of their own accord does until they obey that they may not;
/// a singleton, or a workload with local data, starts nowhere while an older order of it may still run somewhere;
/// an order ends only when the target, obeying its withdrawal, reports no replica of it;
/// work leaves a lost target only under a verdict that says so now, or where a person answers for its end;
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
        if (input.Binding?.IsOf(input.Uid, input.Generation, input.Revision) != true)
            return step.Decision();
        step.MarkCompleted();
        step.TellAdoptions();
        step.LeaveTargets();
        step.TakeBack();
        step.Raise();
        step.Lower();
        step.RollOut();
        step.LimitDisruption();
        step.TellWhatReturned();
        return step.Decision();
    }

    /// <summary>The deterministic id of a workload's order for a target.</summary>
    public static AssignmentId IdOf(string workloadUid, ClusterId cluster, NodeId? node) => AssignmentId.Of(workloadUid, cluster, node);

    private sealed partial class Step
    {
        private readonly DispatchInput _input;
        private readonly SortedDictionary<AssignmentId, Assignment> _next = [];
        private readonly Dictionary<AssignmentId, PlacedAssignment> _placed = [];
        private readonly Dictionary<AssignmentId, TargetView> _targets = [];
        private readonly Dictionary<AssignmentId, int> _wanted = [];
        private readonly List<AssignmentId> _removals = [];
        private readonly SortedDictionary<AssignmentId, HeldOrder> _held = [];
        private readonly int _total;
        private readonly int _desired;
        private readonly int _surge;
        private readonly int _mayBeUnavailable;
        private readonly int _leastReady;
        private readonly bool _exclusive;
        private readonly ResourceAmount _planned;

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
            _desired = _total + (input.Duplicated ? 0 : input.Binding?.Unplaced ?? 0);
            _exclusive = input.Spec.Singleton || input.HasLocalData;
            // On a machine that is to have one, the new has no room beside the old.
            _surge = _exclusive || ContainerNeeds.RunsOnEachMachine(input.Spec.Template) ? 0 : input.Spec.Update.MaxSurge.Up(_desired);
            _mayBeUnavailable = Math.Max(_surge == 0 ? 1 : 0, input.Spec.Update.MaxUnavailable.Down(_desired));
            // As the planner counts a replica: room for what is declared, and for what runs until that is proven.
            _planned = ReservedBy(input.Spec.Template);
            if (input.Fallback is { } fallback) _planned = ResourceAmount.Larger(_planned, ReservedBy(fallback.Template));
            _leastReady = input.Spec.Disruption?.LeastReady(_desired) ?? _desired - _mayBeUnavailable;
        }

        public bool Nothing => _next.Count == 0;

        public DispatchDecision Decision(bool workloadGone = false)
        {
            var upserts = new List<Assignment>();
            foreach ((AssignmentId id, Assignment order) in _next)
            {
                if (!_placed.TryGetValue(id, out PlacedAssignment? placed) || placed.Order != order) upserts.Add(order with { Term = _input.Term, MayStillRun = MayStillRun(placed) });
            }
            _removals.Sort();
            bool planned = !workloadGone && _input.Binding?.IsOf(_input.Uid, _input.Generation, _input.Revision) == true;
            return new(upserts, _removals, workloadGone)
            {
                RolledOut = planned && _total > 0 && upserts.Count == 0 && RunsEverywhere(),
                ClustersDone = planned ? ClustersDone() : [],
                Completed = planned && RanToItsEnd(),
                Held = [.. _held.Values],
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

        // What ended holds nothing from then on; where the workload is declared anew, its orders ask for replicas again.
        public void MarkCompleted()
        {
            foreach (Assignment order in Orders())
                if (order.State == AssignmentState.Active && order.Completed != _input.Completed) Put(order with { Completed = _input.Completed });
        }

        // What was adopted is the cluster's word, and may change while the order stands.
        public void TellAdoptions()
        {
            foreach (Assignment order in Orders())
            {
                if (order.State != AssignmentState.Active || Target(order.Id) is not { } target) continue;
                if (!DomainJson.SaysTheSame(order.Adoption, target.Adoption) || !DomainJson.SaysTheSame(order.AdoptedVolumes, target.AdoptedVolumes)) Put(order with { Adoption = target.Adoption, AdoptedVolumes = target.AdoptedVolumes });
            }
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
                    case AssignmentState.Active or AssignmentState.Moving when !wanted && target is { ConfirmedLost: true, Live: false }:
                        LeaveConfirmedLost(order, target);
                        break;
                    case AssignmentState.Active or AssignmentState.Moving when !wanted && target is { Lost: true }:
                        if (Fenced(target)) Put(order with
                        {
                            State = AssignmentState.Unreachable,
                            VerdictRevision = target.Verdict!.Revision,
                            Surge = 0,
                            MayBeUnavailable = 0,
                            Reason = target.Verdict.Reason,
                        });
                        break;
                    // One that moves since before it was declared to be one alone, or with data, is in its successor's way.
                    case AssignmentState.Active or AssignmentState.Moving when !wanted && _exclusive && target is { Live: true }:
                        LeaveExclusive(order, target);
                        break;
                    case AssignmentState.Active when !wanted && target is { Live: true }:
                        Put(order with { State = AssignmentState.Moving, Surge = 0, MayBeUnavailable = 0, Reason = "its replacements start elsewhere" });
                        break;
                    case AssignmentState.Unreachable when target is { Live: true } && (_exclusive || !wanted):
                        Return(order, wanted);
                        break;
                }
            }
        }

        // A target that comes back is compared and repaired: what answers there goes on, and what was started in its stead ends for it, in one step. Where that would
        // be too many, or leave too few, the order waits as it is: asked for fewer meanwhile, its target would end what it is about to be asked for again.
        public void TakeBack()
        {
            if (_exclusive) return;
            foreach (Assignment order in Orders())
            {
                if (order.State != AssignmentState.Unreachable || !_wanted.ContainsKey(order.Id) || Target(order.Id) is not { Live: true } target) continue;
                Assignment[] before = Orders();
                Put(order with { State = AssignmentState.Active, VerdictRevision = null, Reason = null });
                Lower();
                Assignment back = _next[order.Id];
                int tooMany = Math.Max(0, Claimed() - (_desired + _surge));
                if (back.Replicas - tooMany >= Math.Min(back.Replicas, target.Ready(order.Id))) Put(back with { Replicas = Math.Max(0, back.Replicas - tooMany) });
                else foreach (Assignment unchanged in before) Put(unchanged);
            }
            // What is held is what the last look finds.
            _held.Clear();
        }

        public void Raise()
        {
            if (_exclusive && Orders().Any(MayStillHold)) return;
            int budget = _desired + _surge - Claimed();
            foreach ((AssignmentId id, int wanted) in _wanted.OrderBy(pair => RankOf(_targets.GetValueOrDefault(pair.Key)?.Cluster)).ThenBy(pair => pair.Key))
            {
                if (budget <= 0) return;
                TargetView? target = Target(id);
                // An order that ended here is gone with this step; what is wanted here again begins with the next.
                if (target is not { Live: true } || _removals.Contains(id)) continue;
                Assignment? order = _next.GetValueOrDefault(id);
                if (order is { State: not AssignmentState.Active }) continue;
                int more = Math.Min(wanted - (order?.Replicas ?? 0), budget);
                if (more <= 0) continue;
                if (order is not null && CannotBecomeMore(order)) continue;
                // It is tried where the workload runs already, one place at a time; here it comes when it is proven there, or when none of those has room for it.
                if (order is null && BeginsWithDeclared(target) && Orders().Any(other => other.State == AssignmentState.Active && (other.Revision == _input.Revision ? other.Trial : MayTry(other)))) continue;
                budget -= more;
                Put(order is null ? NewOrder(target, more) : order with { Replicas = order.Replicas + more });
            }
        }

        public void Lower()
        {
            int spare = AvailableReplicas() - _leastReady;
            foreach (Assignment order in Orders())
            {
                if (order.State is not (AssignmentState.Active or AssignmentState.Moving)) continue;
                int surplus = order.Replicas - _wanted.GetValueOrDefault(order.Id);
                if (surplus < 0 || Target(order.Id) is not { Live: true } target) continue;
                int unready = Math.Max(0, order.Replicas - target.Ready(order.Id));
                int granted = GrantedElsewhere(order.Id), promised = PromisedElsewhere(order.Id), fewer = Math.Min(surplus, unready + Math.Max(0, spare - granted - promised));
                if (fewer < surplus) _held[order.Id] = spare > granted && promised > 0 ? WhyPromised(order.Id, promised) : spare > 0 && granted > 0 ? WhyGranted(order.Id, granted) : WhyHeld(order.Id);
                spare -= Math.Max(0, fewer - unready);
                // One that came back when there was no room for it has none, and goes as well.
                if (order.State == AssignmentState.Moving && order.Replicas == fewer) Withdraw(order, "its replacements are ready");
                // With fewer replicas what was granted would be a right to give up others that are ready: the rollout is granted anew what is left.
                else if (fewer > 0) Put(order with { Replicas = order.Replicas - fewer, MayBeUnavailable = Math.Max(0, order.MayBeUnavailable - fewer) });
            }
        }

        // What is not wanted on a target that comes back ends only when its replacements are ready. What stops before it starts elsewhere goes on if it is alone: while another may still
        // hold what only one may, also one that is told to stop in this very step, it is asked for nothing.
        private void Return(Assignment order, bool wanted)
        {
            int kept = Target(order.Id)!.Kept(order.Id);
            if (wanted)
            {
                int budget = Orders().Any(MayStillHold) ? 0 : Math.Max(0, _desired + _surge - Claimed());
                Put(order with
                {
                    State = AssignmentState.Active,
                    Replicas = Math.Min(Math.Min(order.Replicas, _wanted[order.Id]), budget),
                    VerdictRevision = null,
                    Reason = null,
                });
            }
            else if (_exclusive || AvailableReplicas() >= _desired || kept == 0)
            {
                Withdraw(order, AvailableReplicas() >= _desired ? "its cluster returned, and its replacements are ready elsewhere" : "its cluster returned, and nothing of it runs there");
            }
            // None is made there anew: what ended for good, or ends time and again, would keep the room that replacements wait for.
            else if (kept < order.Replicas) Put(order with { Replicas = kept });
        }

        /// <summary>Tells what came back, is wanted there no more, and runs on until its replacements are ready: as long as they find no place, that is for good.</summary>
        public void TellWhatReturned()
        {
            foreach (Assignment order in Orders())
            {
                if (order.State != AssignmentState.Unreachable || _wanted.ContainsKey(order.Id) || Target(order.Id) is not { Live: true }) continue;
                string ready = $"it is back, and runs on until its replacements are ready: {AvailableReplicas()} of {_desired} are";
                _held[order.Id] = _desired > _total ? new(order.Id, $"{ready}; {_desired - _total} found no place elsewhere", Blocked: true) : new(order.Id, ready, Blocked: false);
            }
        }

        // A person answers for the end of what ran there. What may run once is told to stop, so that this is the first thing the target hears if it comes back.
        private void LeaveConfirmedLost(Assignment order, TargetView target)
        {
            if (_exclusive) Withdraw(order, "its place was confirmed lost");
            else Put(order with { State = AssignmentState.Unreachable, Surge = 0, MayBeUnavailable = 0, Reason = "its place was confirmed lost" });
            Put(_next[order.Id] with { VerdictRevision = target.Verdict?.Revision });
        }

        // It stops before it starts elsewhere, so that all of its ready replicas there are missing at once; what a person gave up for lost has no such right.
        private void LeaveExclusive(Assignment order, TargetView target)
        {
            int ready = Math.Min(order.Replicas, target.Ready(order.Id));
            if (_input.Spec.Disruption is not null && !target.ConfirmedLost && ready > 0 && AvailableReplicas() - ready < _leastReady)
                _held[order.Id] = new(order.Id, $"it stops before it starts elsewhere, which its disruption budget ({_input.Spec.Disruption}) does not allow", Blocked: true);
            else Withdraw(order, "it moves elsewhere, and stops before it starts there");
        }

        // Whether an order may still have a live replica beside those that are wanted.
        private bool MayStillHold(Assignment order) => !_wanted.ContainsKey(order.Id) && order.State != AssignmentState.Unreachable
            && !(order.State == AssignmentState.Withdrawn && Target(order.Id) is { ConfirmedLost: true, Live: false });

        // What was ordered is on its way, or begins in a moment: it takes room until the target says that it obeys the next.
        private int MayStillRun(PlacedAssignment? before)
        {
            if (before is null) return 0;
            int allowed = before.Order.Replicas + before.Order.Surge;
            return Target(before.Order.Id) is { Live: true } target && target.AppliedRevision >= before.Revision ? allowed : Math.Max(allowed, before.Order.MayStillRun);
        }

        private HeldOrder WhyHeld(AssignmentId id)
        {
            string budget = _input.Spec.Disruption is { } declared ? $"its disruption budget ({declared})" : "its update strategy";
            string ready = $"{AvailableReplicas()} of {_desired} replicas are ready and {budget} needs {Math.Max(0, _leastReady)}";
            if (_desired > _total) return new(id, $"{ready}; {_desired - _total} found no place elsewhere", Blocked: true);
            return _surge == 0 && _leastReady >= _desired
                ? new(id, $"{ready}, and maxSurge 0 starts none before one is gone", Blocked: true)
                : new(id, ready, Blocked: false);
        }

        private bool Fenced(TargetView target) => !_input.Spec.Singleton || (target.CanFence && target.Verdict!.LeaseEnded);

        private int AvailableReplicas() => Orders()
            .Where(order => order.State is AssignmentState.Active or AssignmentState.Moving)
            .Sum(order => Target(order.Id) is { Live: true } target ? Math.Min(order.Replicas, target.Ready(order.Id)) : 0);

        private int Claimed() => Orders()
            .Where(order => order.State is AssignmentState.Active or AssignmentState.Moving)
            .Sum(order => order.Replicas + order.Surge);

        // The places have room for what runs until the declared template is proven, but they were chosen by the form and the volumes of that one. Where what
        // runs may have its data elsewhere, or may find no form of itself, it starts nowhere beside where it is.
        private bool FallbackStays => _input.Fallback?.Template is { } fallback
            && (HasOtherVolumes(fallback) || (_input.Spec.Template.Process is not null && fallback.Process is null) || (_input.Spec.Template.Image is not null && fallback.Image is null));

        // Whether an order of an older version may be the next that gets the declared one; where a person holds the rollout up, it is not for here to say.
        private bool MayTry(Assignment order) => _input.Paused || Target(order.Id) is not { Live: true } || HasRoom(order);

        private bool HasOtherVolumes(WorkloadTemplate fallback) => fallback.Volumes is { Count: > 0 } volumes && !volumes.SequenceEqual(_input.Spec.Template.Volumes ?? []);

        // Where the version before may not run, as where the right that it needs was taken away, its agent would start nothing of it.
        private bool BeginsWithDeclared(TargetView target) => FallbackStays
            || (_input.Fallback?.Template is { } fallback && target.Offers is { } offers && TemplateNeeds.MissingIn(fallback, singleton: false, offers).Count > 0);

        private Assignment NewOrder(TargetView target, int replicas) => BeginsWithDeclared(target)
            ? OrderOf(target, replicas, _input.Revision, _input.Spec.Template) with { Trial = true }
            : OrderOf(target, replicas, _input.Fallback?.Revision ?? _input.Revision, _input.Fallback?.Template ?? _input.Spec.Template);

        private static ResourceAmount ReservedBy(WorkloadTemplate template) => template.Resources?.Reserved ?? ResourceAmount.Zero;

        private Assignment OrderOf(TargetView target, int replicas, TemplateRevision revision, WorkloadTemplate template) => new()
        {
            Id = IdOf(_input.Uid, target.Cluster, target.Node),
            Workload = _input.Key,
            WorkloadUid = _input.Uid,
            Cluster = target.Cluster,
            Node = target.Node,
            Replicas = replicas,
            Generation = _input.Generation,
            Revision = revision,
            Template = template,
            Singleton = _input.Spec.Singleton,
            Adoption = target.Adoption,
            AdoptedVolumes = target.AdoptedVolumes,
        };

        private void Withdraw(Assignment order, string reason) =>
            Put(order with { State = AssignmentState.Withdrawn, Replicas = 0, Surge = 0, MayBeUnavailable = 0, LeastReady = null, Trial = false, Reason = reason });

        private void Put(Assignment order) => _next[order.Id] = order;

        private Assignment[] Orders() => [.. _next.Values];

        private TargetView? Target(AssignmentId id) => _targets.GetValueOrDefault(id);
    }
}
