using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <content>
/// Pods that admission refuses: an event on what was to make them, and of a ReplicaSet a condition too, in the words that were recorded (06-unhappy-pods/370 to 379,
/// 09-events/004). Those of a StatefulSet are its controller's (recordPodEvent in stateful_pod_control.go), which tells of success likewise (13-other-workloads/009).
/// </content>
internal sealed partial class ClusterControllers
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(1000);

    private readonly Dictionary<string, (int Times, DateTimeOffset Until, string Why)> _refused = new(StringComparer.Ordinal);
    private int _events;

    private bool IsHeldBack(JsonObject owner) => _refused.TryGetValue(owner.Uid(), out (int Times, DateTimeOffset Until, string Why) one) && store.Time < one.Until;

    // What was refused first, until all could be made.
    private string? RefusalOf(JsonObject owner) => _refused.TryGetValue(owner.Uid(), out (int Times, DateTimeOffset Until, string Why) one) ? one.Why : null;

    private void Refuse(JsonObject owner, string pod, string why)
    {
        string kind = owner.Text("kind")!, error = $"pods \"{pod}\" is forbidden: {why}";
        int times = _refused.TryGetValue(owner.Uid(), out (int Times, DateTimeOffset Until, string Why) had) ? had.Times + 1 : 1;
        // Nothing wakes a controller when a quota is raised; that of Jobs begins with more patience.
        TimeSpan first = TimeSpan.FromMilliseconds(kind == "Job" ? 10_000 : 5), wait = first * Math.Pow(2, Math.Min(times, 30) - 1);
        _refused[owner.Uid()] = (times, store.Time + ((wait < LongestBackOff ? wait : LongestBackOff) * kubelets.Pace), had.Why ?? error);
        Warn(owner, "FailedCreate", kind == "StatefulSet" ? $"create Pod {pod} in StatefulSet {owner.Name()} failed error: {error}" : $"Error creating: {error}");
    }

    // The same again is the same event, once more.
    private void Warn(JsonObject about, string reason, string message)
    {
        if (store.List(Events, about.Space()).FirstOrDefault(one => one.Text("involvedObject.uid") == about.Uid() && one.Text("reason") == reason && one.Text("message") == message) is { } there)
        {
            JsonObject again = there.Copy();
            again["count"] = (again.Number("count") ?? 1) + 1;
            again["lastTimestamp"] = store.Now;
            store.Update(Events, again);
            return;
        }
        store.Add(Events, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = string.Create(CultureInfo.InvariantCulture, $"{about.Name()}.{++_events:x16}"), ["namespace"] = about.Space() },
            ["involvedObject"] = new JsonObject
            {
                ["kind"] = about.Text("kind"),
                ["namespace"] = about.Space(),
                ["name"] = about.Name(),
                ["uid"] = about.Uid(),
                ["apiVersion"] = about.Text("apiVersion"),
                ["resourceVersion"] = about.Text("metadata.resourceVersion"),
            },
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = about.Text("kind")!.ToLowerInvariant() + "-controller" },
            ["firstTimestamp"] = store.Now,
            ["lastTimestamp"] = store.Now,
            ["count"] = 1,
            ["type"] = "Warning",
            ["eventTime"] = null,
            ["reportingComponent"] = "",
            ["reportingInstance"] = "",
        });
    }
}
