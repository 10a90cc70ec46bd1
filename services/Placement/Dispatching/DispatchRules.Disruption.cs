using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Placement.Dispatching;

public static partial class DispatchRules
{
    private sealed partial class Step
    {
        /// <summary>
        /// Says to each target that keeps disruption budgets how many of its replicas must stay ready. What they may take of their own accord is handed out of one budget: no more than is ready
        /// above what it demands, and only when all of them obey what they were told last. What the plane itself is about to give up goes first, then who wants it, then who has it.
        /// </summary>
        public void LimitDisruption()
        {
            bool limits = _input.Spec.Disruption?.LeastReady(_desired) is not null && !ContainerNeeds.RunsToAnEnd(_input.Spec.Template);
            Assignment[] counted = [.. Orders().Where(order => order.State is AssignmentState.Active or AssignmentState.Moving)];
            if (!limits)
            {
                foreach (Assignment order in counted)
                    if (order.LeastReady is not null) Put(order with { LeastReady = null });
                return;
            }
            // Whoever was told once is counted on, whatever its agent offers now.
            Allowance[] all =
            [
                .. counted.Where(order => Target(order.Id) is { Live: true } target && (order.LeastReady is not null || target.Offers?.Contains(Capability.DisruptionBudgets) == true))
                    .Select(AllowanceOf).OrderByDescending(static one => one.Held).ThenByDescending(static one => one.Wants).ThenByDescending(static one => one.Had).ThenBy(static one => one.Order.Id),
            ];
            int available = AvailableReplicas(), budget = Math.Max(0, available - _leastReady), spare = budget;
            int room = Math.Max(0, available + all.Sum(static one => one.Missing) - _leastReady);
            foreach (Allowance one in all)
            {
                one.Now = Math.Min(Math.Min(one.Had, room), one.Missing + (_held.Count > 0 && !one.Held ? 0 : spare));
                // Who wants one and has none gets one: it is taken back from others first, and given when they obey.
                int kept = one.Wants && one.Now <= one.Missing && spare > 0 && room > one.Now ? 1 : 0;
                room -= one.Now + kept;
                spare -= Math.Max(0, one.Now - one.Missing) + kept;
            }
            room = Math.Max(0, available + all.Sum(static one => one.Missing - one.Now) - _leastReady);
            bool obeyed = all.All(static one => one.IsObeyed);
            while (obeyed && room > 0 && Next() is { } next)
            {
                next.Now++;
                room--;
            }
            foreach (Allowance one in all) Put(one.Order with { LeastReady = one.Order.Replicas - one.Now });

            // Whose turn it is, or nobody: what was just taken back from one is for another.
            Allowance? Next()
            {
                Allowance? next = all.Where(one => one.Now < one.Order.Replicas && one.Now >= one.Had && (_held.Count == 0 || one.Held))
                    .OrderByDescending(static one => one.Wants && one.Now <= one.Missing).ThenBy(static one => one.Now).ThenBy(static one => one.Order.Id).FirstOrDefault();
                int left = budget - all.Sum(static one => one.Exposed(one.Now));
                return next is not null && left >= 0 && next.Exposed(next.Now + 1) - next.Exposed(next.Now) <= left ? next : null;
            }
        }

        private Allowance AllowanceOf(Assignment order)
        {
            TargetView target = Target(order.Id)!;
            PlacedAssignment? placed = _placed.GetValueOrDefault(order.Id);
            return new Allowance
            {
                Order = order,
                Missing = order.Replicas - Math.Min(order.Replicas, target.Ready(order.Id)),
                Before = placed?.Order.LeastReady ?? int.MaxValue,
                // With fewer replicas no fewer must stay ready: to take more of them is given anew.
                Had = placed?.Order is { LeastReady: { } least } before ? Math.Max(0, Math.Min(before.Replicas, order.Replicas) - least) : 0,
                // What is new begins under what it is told.
                IsObeyed = placed is null || (placed.Order.LeastReady is not null && target.AppliedRevision >= placed.Revision),
                Held = _held.ContainsKey(order.Id),
                Wants = target.Replicas.Any(replica => replica.Assignment == order.Id && replica is { State: ReplicaState.Ready, Cordoned: true }),
            };
        }

        // Ready replicas that other targets may take yet: until one obeys its order, what it may take is not known.
        private int PromisedElsewhere(AssignmentId id)
        {
            int promised = 0;
            foreach ((AssignmentId other, PlacedAssignment placed) in _placed)
            {
                if (other == id || placed.Order.LeastReady is not { } least || _next.GetValueOrDefault(other) is not { State: AssignmentState.Active or AssignmentState.Moving } order) continue;
                if (Target(other) is { Live: true } target) promised += Math.Max(0, Math.Min(order.Replicas, target.Ready(other)) - (target.AppliedRevision >= placed.Revision ? least : 0));
            }
            return promised;
        }

        private HeldOrder WhyPromised(AssignmentId id, int promised) =>
            new(id, $"clusters may take {promised} ready replicas of their own accord, under its disruption budget ({_input.Spec.Disruption}): they are told first that they may not", Blocked: false);

        // What one target may take, in replicas.
        private sealed class Allowance
        {
            public required Assignment Order { get; init; }

            public required int Missing { get; init; }

            public required int Before { get; init; }

            public required int Had { get; init; }

            public required bool IsObeyed { get; init; }

            public required bool Held { get; init; }

            public required bool Wants { get; init; }

            public int Now { get; set; }

            // Ready replicas that it may take as it is told now, or as long as it was told otherwise before.
            public int Exposed(int now) => Math.Max(0, Order.Replicas - Missing - Math.Min(Before, Order.Replicas - now));
        }
    }
}
