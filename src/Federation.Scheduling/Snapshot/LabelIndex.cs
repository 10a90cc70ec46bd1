using Federation.Domain.Clusters;
using Federation.Domain.Policies;

namespace Federation.Scheduling.Snapshot;

/// <summary>Which slots' clusters carry which label, built for a key when a rule first asks for it.</summary>
internal sealed class LabelIndex(PlanningSnapshot snapshot)
{
    /// <summary>The label that holds the cluster's name.</summary>
    public const string ClusterKey = "federation/cluster";

    /// <summary>The label that holds the cluster's kind.</summary>
    public const string KindKey = "federation/kind";

    private readonly Dictionary<string, KeyIndex> _keys = new(StringComparer.Ordinal);

    /// <summary>The value of a label of a cluster; null where it has none.</summary>
    public static string? ValueOf(ClusterEntry cluster, string key) => key switch
    {
        ClusterKey => cluster.Id.Value,
        KindKey => cluster.Declared?.Spec.Kind switch
        {
            ClusterKind.Node => "node",
            ClusterKind.Swarm => "swarm",
            ClusterKind.Kubernetes => "kubernetes",
            _ => null,
        },
        _ => cluster.Declared?.Metadata.Labels is { } labels && labels.TryGetValue(key, out string? value) ? value : null,
    };

    /// <summary>Adds the slots whose cluster meets the term.</summary>
    public void AddMatches(LabelTerm term, SlotSet matches, SlotSet scratch)
    {
        KeyIndex index = Of(term.Key);
        switch (term.Operator)
        {
            case LabelOperator.Exists:
                matches.UnionWith(index.Present);
                break;
            case LabelOperator.DoesNotExist:
                matches.UnionWithComplementOf(index.Present);
                break;
            case LabelOperator.In:
                AddValues(index, term, matches);
                break;
            case LabelOperator.NotIn:
                scratch.Clear();
                AddValues(index, term, scratch);
                matches.UnionWithComplementOf(scratch);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(term), term.Operator, "a label operator is In, NotIn, Exists or DoesNotExist");
        }
    }

    /// <summary>The label's value of every cluster as a dense number; clusters without the label share one number of their own.</summary>
    public (int[] ValueOfCluster, int Values) Values(string key)
    {
        KeyIndex index = Of(key);
        return (index.ValueOfCluster, index.ValueCount);
    }

    private static void AddValues(KeyIndex index, LabelTerm term, SlotSet into)
    {
        if (term.Values is not { } values) return;
        for (int i = 0; i < values.Count; i++)
        {
            if (index.ByValue.TryGetValue(values[i], out SlotSet? slots)) into.UnionWith(slots);
        }
    }

    private KeyIndex Of(string key)
    {
        if (_keys.TryGetValue(key, out KeyIndex? index)) return index;
        index = new KeyIndex(snapshot, key);
        _keys.Add(key, index);
        return index;
    }

    private sealed class KeyIndex
    {
        public KeyIndex(PlanningSnapshot snapshot, string key)
        {
            int slots = snapshot.Slots.Length;
            Present = new SlotSet(slots);
            ValueOfCluster = new int[snapshot.Clusters.Length];
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int c = 0; c < snapshot.Clusters.Length; c++)
            {
                ClusterEntry cluster = snapshot.Clusters[c];
                if (ValueOf(cluster, key) is not { } value)
                {
                    ValueOfCluster[c] = 0;
                    continue;
                }
                if (!numbers.TryGetValue(value, out int number))
                {
                    number = numbers.Count + 1;
                    numbers.Add(value, number);
                    ByValue.Add(value, new SlotSet(slots));
                }
                ValueOfCluster[c] = number;
                SlotSet set = ByValue[value];
                for (int s = cluster.FirstSlot; s < cluster.FirstSlot + cluster.SlotCount; s++)
                {
                    set.Add(s);
                    Present.Add(s);
                }
            }
            ValueCount = numbers.Count + 1;
        }

        public Dictionary<string, SlotSet> ByValue { get; } = new(StringComparer.Ordinal);

        public SlotSet Present { get; }

        public int[] ValueOfCluster { get; }

        public int ValueCount { get; }
    }
}
