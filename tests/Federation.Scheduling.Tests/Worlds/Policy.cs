using Federation.Domain.Policies;

namespace Federation.Scheduling.Tests.Worlds;

/// <summary>Policies in few words.</summary>
internal static class Policy
{
    public static LabelTerm Is(string key, params string[] values) => new() { Key = key, Values = values };

    public static PlacementPolicySpec Only(string key, params string[] values) => new() { Affinity = [Is(key, values)] };

    public static PlacementPolicySpec Prefer(string key, string value, int weight = 50) => new() { Preferred = [new PreferredTerm { Weight = weight, Term = Is(key, value) }] };

    public static PlacementPolicySpec Spread(string label, int min = 0, int? max = null) => new() { Spread = [new SpreadRule { Label = label, Min = min, Max = max }] };

    public static PlacementPolicySpec Weights(params (string Cluster, int Weight)[] weights) => new()
    {
        Division = new DivisionRule
        {
            Strategy = DivisionStrategy.Weighted,
            Weights = [.. weights.Select(w => new ClusterWeight { Term = Is("federation/cluster", w.Cluster), Weight = w.Weight })],
        },
    };

    public static PlacementPolicySpec Everywhere() => new() { Division = new DivisionRule { Strategy = DivisionStrategy.Duplicated } };
}
