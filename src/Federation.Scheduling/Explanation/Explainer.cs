using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Scheduling.Division;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Scoring;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Explanation;

/// <summary>Runs the planner up to the workload and words what its rules said: nothing is decided here.</summary>
internal sealed class Explainer
{
    private readonly PlacementContext _context;
    private readonly Binding _binding;
    private readonly int[] _roomBefore;
    private readonly long[] _scoreBefore;
    private readonly PlacementFilter?[] _refusal;
    private readonly int[] _heldBefore;

    private Explainer(PlacementContext context, Binding binding, int[] roomBefore, int[] heldBefore, long[] scoreBefore)
    {
        (_context, _binding, _roomBefore, _heldBefore, _scoreBefore) = (context, binding, roomBefore, heldBefore, scoreBefore);
        _refusal = Attribute(context);
    }

    public static PlacementExplanation? Explain(DesiredState desired, ObservedState observed, WorkloadKey key)
    {
        var pass = PlanningPass.Begin(desired, observed);
        int[] room = new int[pass.Context.Snapshot.Slots.Length];
        int[] held = new int[room.Length];
        long[] score = new long[pass.Context.Snapshot.Clusters.Length];
        Binding? binding = pass.RunUntil(key, context =>
        {
            for (int s = 0; s < room.Length; s++) room[s] = context.Ledger.Fits(s, context.Class.Unit);
            for (int s = 0; s < room.Length && context.HeldBack is { } back; s++)
            {
                Domain.Quantities.ResourceAmount all = context.Ledger.Free(s) + back.At(s);
                held[s] = context.Class.Unit.Fits(all.Cpu.Value, all.Memory.Value);
            }
            context.Table.Refresh(context.Ledger, context.Class.Unit);
            for (int i = 0; i < context.Table.Count; i++) score[context.Table.Clusters[i]] = context.Table.Score[i];
        });
        return binding is null ? null : new Explainer(pass.Context, binding, room, held, score).Word();
    }

    /// <summary>For every slot the first filter that closes it, by the filters' own word.</summary>
    private static PlacementFilter?[] Attribute(PlacementContext context)
    {
        var refusal = new PlacementFilter?[context.Snapshot.Slots.Length];
        var alone = new Classes.CandidateTable(context.Snapshot, new ClusterScore(context.Snapshot));
        foreach (PlacementFilter filter in PlacementFilter.All)
        {
            filter.Apply(context.Snapshot, context.Class, alone);
            for (int s = 0; s < refusal.Length; s++)
            {
                if (refusal[s] is null && alone.Closed[s]) refusal[s] = filter;
            }
        }
        return refusal;
    }

    private PlacementExplanation Word()
    {
        var clusters = new List<TargetExplanation>();
        for (int c = 0; c < _context.Snapshot.Clusters.Length; c++) clusters.Add(WordCluster(c));
        return new PlacementExplanation(_binding.Workload, _binding.Generation, Summarize(), clusters, _binding.Unplaced, _binding.Stranded, [.. _context.Sheet.Notes]);
    }

    private TargetExplanation WordCluster(int c)
    {
        ClusterEntry cluster = _context.Snapshot.Clusters[c];
        var nodes = new List<TargetExplanation>();
        for (int s = cluster.FirstSlot; s < cluster.FirstSlot + cluster.SlotCount; s++) nodes.Add(WordSlot(s));
        if (nodes.Count == 0)
        {
            return cluster.Leaving
                ? new TargetExplanation(cluster.Id.Value, 0, "registered", $"cluster {cluster.Id} is being deleted", null, null)
                : new TargetExplanation(cluster.Id.Value, 0, "verdict", $"no node of cluster {cluster.Id} has reported; start its agents", null, []);
        }
        if (!cluster.Native && nodes.Count == 1) return nodes[0] with { Name = cluster.Id.Value };
        int replicas = nodes.Sum(node => node.Replicas);
        if (nodes.Find(node => node.Eligible) is not null)
        {
            string sentence = replicas > 0 ? $"takes {Count(replicas)}" : Unchosen(c);
            return new TargetExplanation(cluster.Id.Value, replicas, null, sentence, Points(c), nodes);
        }
        TargetExplanation first = nodes[0];
        bool alike = nodes.TrueForAll(node => node.RefusedBy == first.RefusedBy);
        string why = nodes.Count == 1 || (alike && first.RefusedBy is not ("verdict" or "capacity" or "capability"))
            ? first.Sentence
            : string.Join("; ", nodes.Select(node => node.Sentence));
        return new TargetExplanation(cluster.Id.Value, replicas, alike ? first.RefusedBy : "nodes", why, null, nodes);
    }

    private TargetExplanation WordSlot(int s)
    {
        SlotEntry slot = _context.Snapshot.Slots[s];
        string name = slot.Node?.Value ?? _context.Snapshot.Clusters[slot.Cluster].Id.Value;
        int replicas = 0;
        foreach ((int at, int count) in _context.Sheet.Answer)
        {
            if (at == s) replicas = count;
        }
        (string? rule, string? why) = Refusal(s, slot, replicas);
        if (rule is null) return new TargetExplanation(name, replicas, null, replicas > 0 ? $"takes {Count(replicas)}" : Unchosen(slot.Cluster), Points(slot.Cluster), null);
        string keeps = replicas > 0 ? $"keeps {Count(replicas)}: " : "";
        return new TargetExplanation(name, replicas, rule, keeps + why, null, null);
    }

    private (string? Rule, string? Sentence) Refusal(int s, SlotEntry slot, int replicas)
    {
        if (_refusal[s] is { } filter)
        {
            string why = filter.Explain(_context.Snapshot, _context.Class, s);
            if (VerdictFilter.Evicts(_context.Snapshot, _context.Workload, s, _context.TolerationsEnded)) why += "; the policy's toleration has ended, so its share leaves";
            return (filter.Name, why);
        }
        if (_context.Sheet.Home >= 0 && _context.Sheet.Home != s)
            return ("volume-home", $"the workload's volumes bind it to {_context.Snapshot.Slots[_context.Sheet.Home].Text}; declare the volumes shared to use other places");
        if (_context.Sheet.Barred.Contains(slot.Cluster))
            return ("spread", $"the policy's spread limits how many different values are used, and {slot.Text} would be one more; raise its max");
        if (replicas == 0 && _roomBefore[s] == 0 && _heldBefore[s] > 0)
            return ("survive", $"{slot.Text} has room for {Count(_heldBefore[s])}, but holds it back, the most of it for the loss of {_context.HeldBack!.For(s)}, as policies ask (survive); add capacity, or hold less back");
        if (replicas == 0 && _roomBefore[s] == 0) return ("capacity", Capacity(s, slot));
        if (replicas == 0 && _context.Sheet.Confined) return ("survive", $"one more replica on {slot.Text} would leave a loss without room for all, as the policy asks (survive); add capacity elsewhere, or ask for fewer");
        return (null, null);
    }

    private string Capacity(int s, SlotEntry slot)
    {
        Domain.Quantities.ResourceAmount unit = _context.Class.Unit.Amount, free = _context.Ledger.Free(s);
        return $"{slot.Text} has {free.Cpu} CPU and {free.Memory} memory free of {slot.Allocatable.Cpu} and {slot.Allocatable.Memory}, and one replica reserves "
            + $"{unit.Cpu} and {unit.Memory}; free some or reserve less";
    }

    private string Unchosen(int cluster) => _context.Desired == 0 ? "eligible; no replicas are wanted"
        : _context.Sheet.Stranded is not null ? "eligible; the workload does not move by itself"
        : _context.Class.Policy.Division.Strategy == DivisionStrategy.Weighted && !_context.Class.Singleton ? "eligible; its weight is too small for a replica"
        : _context.Snapshot.Clusters[cluster].SlotCount > 1 ? "eligible; the replicas found a place before it" : "eligible; others scored higher or hold the replicas already";

    private double Points(int cluster) => _scoreBefore[cluster] / (double)ClusterScore.Point;

    private string Summarize()
    {
        int placed = _binding.Shares.Sum(share => share.Replicas);
        var byCluster = _binding.Shares.GroupBy(share => share.Cluster).Select(group => $"{group.Sum(share => share.Replicas)} on {group.Key}");
        string text = placed == 0 ? "no replica is placed" : $"{Count(placed)} placed: {string.Join(", ", byCluster)}";
        if (_binding.Unplaced > 0) text += $"; {Count(_binding.Unplaced)} found no place";
        if (_binding.Stranded is { } stranded) text += $"; stranded: {stranded}";
        if (_context.Workload.Policy.Survive is { } survive && placed > 0 && _context.HeldBack is { } held && HeldBack.Asks(_context.Workload))
        {
            string loss = survive.ToString().ToLowerInvariant();
            (string Loss, LossEntry Entry)[] losses = [.. held.Of(_context.Index)];
            int left = losses.Max(static lost => lost.Entry.Left);
            text += left == 0 ? $"; the loss of any one {loss} still fits" : $"; the loss of one {loss} would leave {Count(left)} without a place";
            foreach ((string lost, LossEntry entry) in losses.Where(static lost => lost.Entry.Room.Count > 0))
                text += $"; held back for the loss of {lost}: {string.Join(", ", entry.Room.GroupBy(room => _context.Snapshot.Slots[room.Slot].Cluster).Select(group => $"{group.Sum(static room => room.Replicas)} on {_context.Snapshot.Clusters[group.Key].Id}"))}";
        }
        foreach (string note in _context.Sheet.Notes) text += $"; {note}";
        return text;
    }

    private static string Count(int replicas) => replicas == 1 ? "1 replica" : $"{replicas} replicas";
}
