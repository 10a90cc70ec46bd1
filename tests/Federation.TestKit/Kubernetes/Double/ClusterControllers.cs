using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>
/// The controllers of a small cluster: each pass compares what is with what should be and takes the next step of each object; passes go on until nothing
/// changes. Time-outs and probes are kept by <see cref="Kubelets"/>. The double's gate guards it.
/// </summary>
internal sealed partial class ClusterControllers(ObjectStore store, Kubelets kubelets, Action<JsonObject> inject, Func<JsonObject, string?> refuses)
{
    private const string Deployments = "apps/deployments", ReplicaSets = "apps/replicasets", StatefulSets = "apps/statefulsets", DaemonSets = "apps/daemonsets";
    private const string Jobs = "batch/jobs", Pods = "/pods", Services = "/services", Endpoints = "/endpoints", Slices = "discovery.k8s.io/endpointslices", Namespaces = "/namespaces", Claims = "/persistentvolumeclaims", Nodes = "/nodes", Events = "/events";
    private const string Budgets = "policy/poddisruptionbudgets";

    private int _names;

    /// <summary>Goes on until nothing changes.</summary>
    public void Settle()
    {
        for (int pass = 0; pass < 10_000; pass++)
        {
            long before = store.Revision;
            Collect();
            EndNamespaces();
            foreach (JsonObject one in store.List(Deployments, null).ToArray()) Deployment(one);
            foreach (JsonObject one in store.List(ReplicaSets, null).ToArray()) ReplicaSet(one);
            foreach (JsonObject one in store.List(StatefulSets, null).ToArray()) StatefulSet(one);
            foreach (JsonObject one in store.List(DaemonSets, null).ToArray()) DaemonSet(one);
            foreach (JsonObject one in store.List(Jobs, null).ToArray()) Job(one);
            foreach (JsonObject pod in store.List(Pods, null).ToArray()) Schedule(pod);
            kubelets.Step();
            foreach (JsonObject one in store.List(Services, null).ToArray()) Publish(one);
            foreach (JsonObject one in store.List(Budgets, null).ToArray()) Budget(one);
            foreach (JsonObject one in store.List(Claims, null).ToArray()) Bind(one);
            if (store.Revision == before) return;
        }
        throw new InvalidOperationException("the double's controllers never come to rest");
    }

    /// <summary>Begins a deletion; the object as it is afterwards, or null if it is gone at once.</summary>
    public JsonObject? Delete(string storage, JsonObject item, string? policy, int? grace)
    {
        if (item.IsGoing() && storage != Pods) return item;
        JsonObject next = item.Copy();
        JsonObject metadata = next.Meta();
        policy ??= storage == Jobs ? "Orphan" : "Background";
        bool isPod = storage == Pods;
        int wait = !isPod ? 0 : grace ?? item.Number("spec.terminationGracePeriodSeconds") ?? 30;
        bool runs = isPod && item.Text("spec.nodeName") is not null && item.Text("status.phase") is not ("Succeeded" or "Failed");
        if (isPod && !runs) wait = 0;
        string? finalizer = policy switch { "Foreground" => "foregroundDeletion", "Orphan" => "orphan", _ => null };
        if (isPod) finalizer = null;
        if (finalizer is not null && !item.Finalizers().Contains(finalizer, StringComparer.Ordinal)) metadata["finalizers"] = new JsonArray([.. item.Finalizers().Append(finalizer).Select(static name => JsonValue.Create(name))]);
        bool isSpace = storage == Namespaces;
        if (isSpace) next.Child("status")["phase"] = "Terminating";
        if (!isSpace && !next.Finalizers().Any() && wait == 0)
        {
            store.Remove(storage, item);
            return null;
        }
        if (item.IsGoing() && (item.Number("metadata.deletionGracePeriodSeconds") ?? 0) <= wait) return item;
        metadata["deletionTimestamp"] = Stamp(store.Time.AddSeconds(wait));
        if (!isSpace) metadata["deletionGracePeriodSeconds"] = wait;
        if (Defaulting.HasGeneration((string?)next["kind"] ?? "")) metadata["generation"] = (next.Number("metadata.generation") ?? 1) + 1;
        return store.Update(storage, next);
    }

    // Owners that are gone take along what they own; those that wait for it, wait.
    private void Collect()
    {
        var uids = store.All.Select(static one => one.Object.Uid()).ToHashSet(StringComparer.Ordinal);
        foreach ((string storage, JsonObject item) in store.All.ToArray())
        {
            if (item["metadata"]?["ownerReferences"] is JsonArray { Count: > 0 } && !item.Items("metadata.ownerReferences").Any(owner => uids.Contains(owner.Text("uid")!)) && !item.IsGoing())
            {
                Delete(storage, item, "Background", null);
                continue;
            }
            if (!item.IsGoing()) continue;
            if (item.Finalizers().Contains("orphan", StringComparer.Ordinal))
            {
                foreach ((string other, JsonObject dependent) in store.All.Where(one => one.Object.OwnedBy(item.Uid())).ToArray())
                {
                    JsonObject free = dependent.Copy();
                    free.Meta().Remove("ownerReferences");
                    store.Update(other, free);
                }
                Release(storage, item, "orphan");
            }
            else if (item.Finalizers().Contains("foregroundDeletion", StringComparer.Ordinal) && storage != Namespaces)
            {
                (string Storage, JsonObject Object)[] dependents = [.. store.All.Where(one => one.Object.OwnedBy(item.Uid()))];
                foreach ((string other, JsonObject dependent) in dependents.Where(static one => !one.Object.IsGoing())) Delete(other, dependent, "Foreground", null);
                if (!store.All.Any(one => one.Object.OwnedBy(item.Uid()))) Release(storage, item, "foregroundDeletion");
            }
            else if (storage == Claims && item.Finalizers().Contains("kubernetes.io/pvc-protection", StringComparer.Ordinal)
                && !store.List(Pods, item.Space()).Any(pod => pod.Items("spec.volumes").Any(volume => volume.Text("persistentVolumeClaim.claimName") == item.Name())))
            {
                Release(storage, item, "kubernetes.io/pvc-protection");
            }
        }
    }

    private void Release(string storage, JsonObject item, string finalizer)
    {
        JsonObject next = store.Find(storage, item.Space(), item.Name())!.Copy();
        string[] left = [.. next.Finalizers().Where(name => name != finalizer)];
        if (left.Length > 0) next.Meta()["finalizers"] = new JsonArray([.. left.Select(static name => JsonValue.Create(name))]);
        else next.Meta().Remove("finalizers");
        store.Update(storage, next);
    }

    private void EndNamespaces()
    {
        foreach (JsonObject space in store.List(Namespaces, null).Where(static one => one.IsGoing()).ToArray())
        {
            if (space.Finalizers().Contains("foregroundDeletion", StringComparer.Ordinal))
            {
                Release(Namespaces, space, "foregroundDeletion");
                continue;
            }
            foreach ((string storage, JsonObject item) in store.All.Where(one => one.Object.Space() == space.Name() && !one.Object.IsGoing()).ToArray()) Delete(storage, item, "Background", null);
            (string Storage, JsonObject Object)[] left = [.. store.All.Where(one => one.Object.Space() == space.Name())];
            if (left.Length == 0)
            {
                store.Remove(Namespaces, space);
                continue;
            }
            string[] finalizers = [.. left.SelectMany(static one => one.Object.Finalizers().Where(static name => name.Contains('/', StringComparison.Ordinal)))];
            Write(Namespaces, space, status => status["conditions"] = Conditions(space,
                ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
                ("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
                ("NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
                ("NamespaceContentRemaining", "True", "SomeResourcesRemain", "Some resources are remaining: " + string.Join(", ", left.GroupBy(static one => one.Storage).Select(static group => $"{group.Key.Trim('/')}. has {group.Count()} resource instances"))),
                ("NamespaceFinalizersRemaining", finalizers.Length > 0 ? "True" : "False", finalizers.Length > 0 ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                    finalizers.Length > 0 ? "Some content in the namespace has finalizers remaining: " + string.Join(", ", finalizers.GroupBy(static name => name).Select(static group => $"{group.Key} in {group.Count()} resource instances")) : "All content-preserving finalizers finished")));
        }
    }

    private void Write(string storage, JsonObject item, Action<JsonObject> change)
    {
        if (store.Find(storage, item.Space(), item.Name()) is not { } live || live.Uid() != item.Uid()) return;
        JsonObject next = live.Copy();
        change(next.Child("status"));
        if (!Json.Same(live["status"], next["status"])) store.Update(storage, next);
    }

    private JsonArray Conditions(JsonObject item, params (string Type, string Status, string Reason, string Message)[] wanted) => new([.. wanted.Select(one =>
    {
        JsonObject? had = item.Condition(one.Type);
        bool isDeployment = item.Text("kind") == "Deployment";
        if (had is not null && had.Text("status") == one.Status && had.Text("reason") == one.Reason && had.Text("message") == one.Message) return had.Copy();
        var condition = new JsonObject { ["type"] = one.Type, ["status"] = one.Status };
        if (isDeployment) condition["lastUpdateTime"] = store.Now;
        condition["lastTransitionTime"] = had is not null && had.Text("status") == one.Status ? had["lastTransitionTime"]?.DeepClone() : store.Now;
        condition["reason"] = one.Reason;
        condition["message"] = one.Message;
        return condition;
    })]);

    private JsonObject Reason(string type, string status, string? reason = null, string? message = null)
    {
        var condition = new JsonObject { ["type"] = type, ["status"] = status, ["lastProbeTime"] = null, ["lastTransitionTime"] = store.Now };
        if (reason is not null) condition["reason"] = reason;
        if (message is not null) condition["message"] = message;
        return condition;
    }

    private static JsonObject Owner(JsonObject item) => new()
    {
        ["apiVersion"] = item.Text("apiVersion"),
        ["kind"] = item.Text("kind"),
        ["name"] = item.Name(),
        ["uid"] = item.Uid(),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    private static void Count(JsonObject status, string name, int number)
    {
        if (number != 0) status[name] = number;
        else status.Remove(name);
    }

    private static int Sum(JsonObject[] sets, string name) => sets.Sum(set => set.Number($"status.{name}") ?? 0);

    private static int Revision(JsonObject set) => int.TryParse((string?)(set.At("metadata.annotations") as JsonObject)?["deployment.kubernetes.io/revision"], CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static int Share(JsonObject spec, string name, int replicas, bool up)
    {
        JsonNode? node = spec.At($"strategy.rollingUpdate.{name}");
        if (node is JsonValue value && value.TryGetValue(out int number)) return number;
        if (node is null) return 0;
        double share = double.Parse(((string)node!).TrimEnd('%'), CultureInfo.InvariantCulture) * replicas / 100;
        return (int)(up ? Math.Ceiling(share) : Math.Floor(share));
    }

    private static int Percent(JsonNode node, int of) => node is JsonValue value && value.TryGetValue(out int number) ? number : (int)Math.Ceiling(double.Parse(((string)node!).TrimEnd('%'), CultureInfo.InvariantCulture) * of / 100);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
