using Federation.Domain.Policies;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>Counts, rule by rule, how many replicas lie on each value of a spread rule's label. A cluster without the label counts as one value of its own.</summary>
internal sealed class SpreadTally
{
    private int[][] _valueOfCluster = [];
    private int[][] _count = [];
    private int[] _distinct = [];
    private int[] _wanted = [];

    public IReadOnlyList<SpreadRule> Rules { get; private set; } = [];

    /// <summary>How many different values are missing over all rules.</summary>
    public int Shortfall
    {
        get
        {
            int missing = 0;
            for (int r = 0; r < Rules.Count; r++) missing += Math.Max(0, _wanted[r] - _distinct[r]);
            return missing;
        }
    }

    /// <summary>Begins for a workload: nothing counted yet.</summary>
    public void Reset(PlanningSnapshot snapshot, IReadOnlyList<SpreadRule> rules, int desired)
    {
        Rules = rules;
        (_valueOfCluster, _count) = (new int[rules.Count][], new int[rules.Count][]);
        (_distinct, _wanted) = (new int[rules.Count], new int[rules.Count]);
        for (int r = 0; r < rules.Count; r++)
        {
            (_valueOfCluster[r], int values) = snapshot.Labels.Values(rules[r].Label);
            _count[r] = new int[values];
            _wanted[r] = Math.Min(rules[r].Min, desired);
        }
    }

    /// <summary>Counts the rows' targets anew.</summary>
    public void Count(DivisionRows rows)
    {
        for (int r = 0; r < Rules.Count; r++)
        {
            Array.Clear(_count[r]);
            _distinct[r] = 0;
        }
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Target[i] > 0) Add(rows.Id[i], rows.Target[i]);
        }
    }

    /// <summary>Adds replicas to a cluster's values, or takes them if negative.</summary>
    public void Add(int cluster, int replicas)
    {
        for (int r = 0; r < Rules.Count; r++)
        {
            ref int count = ref _count[r][_valueOfCluster[r][cluster]];
            bool before = count > 0;
            count += replicas;
            _distinct[r] += (count > 0 ? 1 : 0) - (before ? 1 : 0);
        }
    }

    /// <summary>The number of the value that a cluster has under a rule.</summary>
    public int ValueOf(int rule, int cluster) => _valueOfCluster[rule][cluster];

    public int ValueCount(int rule) => _count[rule].Length;

    public int Wanted(int rule) => _wanted[rule];

    public int Distinct(int rule) => _distinct[rule];

    /// <summary>Whether a replica in the cluster would be the first of a value that is missing.</summary>
    public bool BringsValue(int cluster)
    {
        for (int r = 0; r < Rules.Count; r++)
        {
            if (_distinct[r] < _wanted[r] && _count[r][_valueOfCluster[r][cluster]] == 0) return true;
        }
        return false;
    }

    /// <summary>Whether one replica more in the cluster keeps every rule's max.</summary>
    public bool MayTake(int cluster)
    {
        for (int r = 0; r < Rules.Count; r++)
        {
            if (_count[r][_valueOfCluster[r][cluster]] == 0 && _distinct[r] >= Rules[r].Max) return false;
        }
        return true;
    }

    /// <summary>Whether one replica may move: no value that is wanted is lost by it, and every rule's max is kept.</summary>
    public bool MayMove(int from, int to)
    {
        for (int r = 0; r < Rules.Count; r++)
        {
            int a = _valueOfCluster[r][from], b = _valueOfCluster[r][to];
            // Where it takes the last of a value with it, there are no more values than before.
            if (a != b && _count[r][b] == 0 && _count[r][a] > 1 && _distinct[r] >= Rules[r].Max) return false;
        }
        return GainOfMove(from, to) >= 0;
    }

    /// <summary>By how much the shortfall falls if one replica moves; negative if it rises.</summary>
    public int GainOfMove(int from, int to)
    {
        int gain = 0;
        for (int r = 0; r < Rules.Count; r++)
        {
            int a = _valueOfCluster[r][from], b = _valueOfCluster[r][to];
            if (a == b) continue;
            int after = _distinct[r] + (_count[r][b] == 0 ? 1 : 0) - (_count[r][a] == 1 ? 1 : 0);
            gain += Math.Max(0, _wanted[r] - _distinct[r]) - Math.Max(0, _wanted[r] - after);
        }
        return gain;
    }

    /// <summary>Whether one replica less in the cluster leaves every rule with the values it wants, or no worse than now.</summary>
    public bool MayLose(int cluster)
    {
        for (int r = 0; r < Rules.Count; r++)
        {
            if (_count[r][_valueOfCluster[r][cluster]] == 1 && _distinct[r] <= _wanted[r]) return false;
        }
        return true;
    }
}
