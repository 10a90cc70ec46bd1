using Federation.Domain.Policies;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Classes;

/// <summary>
/// Whether two workloads are filtered and scored alike. Everything that <see cref="SpecClass"/> and the rules read of a workload is compared here,
/// content by content: records that hold lists compare the lists by reference.
/// </summary>
internal sealed class SpecClassComparer : IEqualityComparer<PlannedWorkload>
{
    public bool Equals(PlannedWorkload? x, PlannedWorkload? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || x.Spec.Singleton != y.Spec.Singleton) return false;
        WorkloadTemplate a = x.Spec.Template, b = y.Spec.Template;
        return SpecClass.FormsOf(a) == SpecClass.FormsOf(b)
            && CapabilityNames.OfContainer(a) == CapabilityNames.OfContainer(b)
            && x.Reserved == y.Reserved
            && SpecClass.NeedsOf(a) == SpecClass.NeedsOf(b)
            && (ReferenceEquals(x.Fallback, y.Fallback) || NeedsOf(x.Fallback) == NeedsOf(y.Fallback))
            && SameLocalities(x.Volumes, y.Volumes)
            && Same(x.Policy, y.Policy);
    }

    public int GetHashCode(PlannedWorkload workload)
    {
        var hash = new HashCode();
        WorkloadTemplate template = workload.Spec.Template;
        hash.Add((int)SpecClass.FormsOf(template));
        hash.Add(workload.Reserved);
        PlacementPolicySpec policy = workload.Policy;
        hash.Add((int)policy.Division.Strategy);
        for (int i = 0; i < (policy.Affinity?.Count ?? 0); i++) Add(ref hash, policy.Affinity![i]);
        for (int i = 0; i < (policy.Preferred?.Count ?? 0); i++) Add(ref hash, policy.Preferred![i].Term);
        for (int i = 0; i < (policy.Spread?.Count ?? 0); i++) hash.Add(policy.Spread![i].Label);
        return hash.ToHashCode();
    }

    private static void Add(ref HashCode hash, LabelTerm term)
    {
        hash.Add(term.Key);
        hash.Add((int)term.Operator);
        for (int i = 0; i < (term.Values?.Count ?? 0); i++) hash.Add(term.Values![i]);
    }

    private static Capabilities NeedsOf(WorkloadTemplate? fallback) => fallback is null ? Capabilities.None : SpecClass.NeedsOf(fallback) | CapabilityNames.OfContainer(fallback);

    private static bool SameLocalities(IReadOnlyList<Volume> a, IReadOnlyList<Volume> b)
    {
        if (a.Count == 0 && b.Count == 0) return true;
        IReadOnlyList<string> first = SpecClass.LocalitiesOf(a) ?? [], second = SpecClass.LocalitiesOf(b) ?? [];
        return Same(first, second, static (x, y) => x == y);
    }

    private static bool Same(PlacementPolicySpec a, PlacementPolicySpec b) =>
        ReferenceEquals(a, b)
        || (a.Failover.Enabled == b.Failover.Enabled
            && a.Division.Strategy == b.Division.Strategy
            && Same(a.Division.Weights, b.Division.Weights, static (x, y) => x.Weight == y.Weight && Same(x.Term, y.Term))
            && Same(a.Affinity, b.Affinity, Same)
            && Same(a.Preferred, b.Preferred, static (x, y) => x.Weight == y.Weight && Same(x.Term, y.Term))
            && Same(a.Tolerations, b.Tolerations, static (x, y) => x == y)
            && Same(a.Spread, b.Spread, static (x, y) => x == y));

    private static bool Same(LabelTerm a, LabelTerm b) =>
        ReferenceEquals(a, b) || (a.Key == b.Key && a.Operator == b.Operator && Same(a.Values, b.Values, static (x, y) => x == y));

    private static bool Same<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b, Func<T, T, bool> same)
    {
        if (ReferenceEquals(a, b)) return true;
        int count = a?.Count ?? 0;
        if (count != (b?.Count ?? 0)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!same(a![i], b![i])) return false;
        }
        return true;
    }
}
