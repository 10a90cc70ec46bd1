using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>What was written last, and how often others changed it.</content>
public sealed partial class KubernetesReconciler
{
    private const int MostRepairs = 3;
    private static readonly TimeSpan RepairsWithin = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, Written> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _repairs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contested = new(StringComparer.Ordinal);

    private bool IsBehind(string key, ReplicatedObject item) =>
        _written.TryGetValue(key, out Written? written) && written.Uid == item.Metadata.Uid
        && long.TryParse(written.Version, CultureInfo.InvariantCulture, out long ours) && long.TryParse(item.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out long seen) && seen < ours;

    // Made, and not seen yet. One that never comes to sight was taken away again.
    private bool IsAwaited(KubernetesNames names, Share share)
    {
        if (share.Order is not { } order) return false;
        bool asSet = share.Kind == ApiResource.StatefulSets, asCron = share.Kind == ApiResource.CronJobs;
        string name = names.Deployment(order.Id, order.Revision, order.Workload), space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        string key = asCron ? CronKey(space, order.Workload.Name) : asSet ? $"{space}/{order.Workload.Name}" : name;
        bool there = asCron ? share.Cron is not null : asSet ? share.Set is not null : share.Deployments.Exists(one => one.Deployment.Metadata.Name == name);
        return _written.TryGetValue(key, out Written? written) && !there && _time.GetElapsedTime(written.At) < TimeSpan.FromSeconds(5);
    }

    private void Note(string name, Applied applied, string? form = null)
    {
        lock (_gate)
        {
            long? generation = (long?)(applied.Object["metadata"] as JsonObject)?["generation"];
            _written[name] = new Written(applied.Uid, applied.ResourceVersion, generation, form ?? _written.GetValueOrDefault(name)?.Form, _time.GetTimestamp());
        }
    }

    private void NoteRepair(string name)
    {
        LogRepaired(_logger, name);
        lock (_gate)
        {
            if (!_repairs.TryGetValue(name, out List<long>? times)) _repairs[name] = times = [];
            times.Add(_time.GetTimestamp());
        }
    }

    private bool IsContested(string name, string what = "what makes its pods")
    {
        lock (_gate)
        {
            if (!_repairs.TryGetValue(name, out List<long>? times)) return false;
            times.RemoveAll(at => _time.GetElapsedTime(at) > RepairsWithin);
            if (times.Count < MostRepairs)
            {
                _contested.Remove(name);
                return false;
            }
            _contested[name] = $"drift contested: {what} was repaired three times in ten minutes and changed again by others; it is left as it is";
            return true;
        }
    }

    // A Deployment as we last wrote it.
    private sealed record Written(string? Uid, string? Version, long? Generation, string? Form, long At);
}
