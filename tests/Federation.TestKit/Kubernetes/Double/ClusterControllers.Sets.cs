using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <content>StatefulSets, DaemonSets and Jobs.</content>
internal sealed partial class ClusterControllers
{
    private void StatefulSet(JsonObject item)
    {
        JsonObject spec = (JsonObject)item["spec"]!;
        string revision = $"{item.Name()}-{Defaulting.Hash(spec["template"]!)}";
        int wanted = item.IsGoing() ? 0 : spec.Number("replicas") ?? 1;
        string current = item.Text("status.currentRevision") ?? revision;
        JsonObject? Pod(int i) => store.Find(Pods, item.Space(), $"{item.Name()}-{i}") is { } pod && pod.OwnedBy(item.Uid()) ? pod : null;
        string RevisionOf(JsonObject pod) => pod.Text("metadata.labels.controller-revision-hash") ?? "";
        if (!item.IsGoing())
        {
            bool parallel = spec.Text("podManagementPolicy") == "Parallel";
            int partition = spec.Number("updateStrategy.rollingUpdate.partition") ?? 0;
            bool held = false;
            for (int i = 0; i < wanted && !held; i++)
            {
                JsonObject? pod = Pod(i);
                // What could not be made holds up all that comes after it.
                if (pod is null && !StartStateful(item, i, i < partition ? current : revision, i < partition && current != revision ? null : spec["template"]!)) break;
                held = !parallel && (pod is null || !Kubelets.IsReady(pod) || pod.IsGoing());
            }
            JsonObject[] surplus = [.. store.List(Pods, item.Space()).Where(pod => pod.OwnedBy(item.Uid()) && Ordinal(item, pod) >= wanted).OrderByDescending(pod => Ordinal(item, pod))];
            if (!held && surplus.Length > 0 && !surplus[0].IsGoing()) Delete(Pods, surplus[0], null, null);
            if (!held && surplus.Length == 0 && spec.Text("updateStrategy.type") == "RollingUpdate")
            {
                for (int i = wanted - 1; i >= partition; i--)
                {
                    if (Pod(i) is not { } pod || !Kubelets.IsReady(pod) || pod.IsGoing()) break;
                    if (RevisionOf(pod) == revision) continue;
                    Delete(Pods, pod, null, null);
                    break;
                }
            }
        }
        JsonObject[] mine = [.. store.List(Pods, item.Space()).Where(pod => pod.OwnedBy(item.Uid()))];
        int updated = mine.Count(pod => RevisionOf(pod) == revision), ready = mine.Count(Kubelets.IsReady);
        bool done = updated == wanted && ready == wanted && mine.Length == wanted;
        Write(StatefulSets, item, status =>
        {
            status["observedGeneration"] = item.Number("metadata.generation");
            status["replicas"] = mine.Length;
            Count(status, "readyReplicas", ready);
            Count(status, "updatedReplicas", updated);
            Count(status, "currentReplicas", done ? updated : mine.Count(pod => RevisionOf(pod) == current));
            status["currentRevision"] = done ? revision : current;
            status["updateRevision"] = revision;
            status["collisionCount"] = 0;
        });
    }

    private static int Ordinal(JsonObject set, JsonObject pod) => int.TryParse(pod.Name().AsSpan(Math.Min(set.Name().Length + 1, pod.Name().Length)), CultureInfo.InvariantCulture, out int number) ? number : -1;

    private bool StartStateful(JsonObject item, int ordinal, string revision, JsonNode? template)
    {
        JsonObject spec = (JsonObject)item["spec"]!;
        string name = $"{item.Name()}-{ordinal}";
        foreach (JsonObject claim in spec.Items("volumeClaimTemplates"))
        {
            string of = $"{claim.Text("metadata.name")}-{name}";
            if (store.Find(Claims, item.Space(), of) is not null) continue;
            store.Add(Claims, new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "PersistentVolumeClaim",
                ["metadata"] = new JsonObject { ["name"] = of, ["namespace"] = item.Space(), ["labels"] = spec.At("selector.matchLabels")?.DeepClone(), ["finalizers"] = new JsonArray("kubernetes.io/pvc-protection") },
                ["spec"] = claim["spec"]!.DeepClone(),
                ["status"] = new JsonObject { ["phase"] = "Pending" },
            });
        }
        return Start(item, name, pod =>
        {
            JsonObject labels = pod.Meta().Child("labels");
            labels["controller-revision-hash"] = revision;
            labels["statefulset.kubernetes.io/pod-name"] = name;
            JsonObject body = pod.Child("spec");
            body["hostname"] = name;
            body["subdomain"] = spec.Text("serviceName");
            JsonArray volumes = body["volumes"] as JsonArray ?? [];
            foreach (JsonObject claim in spec.Items("volumeClaimTemplates"))
                volumes.Add(new JsonObject { ["name"] = claim.Text("metadata.name"), ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = $"{claim.Text("metadata.name")}-{name}" } });
            if (volumes.Count > 0) body["volumes"] = volumes;
        });
    }

    private void DaemonSet(JsonObject item)
    {
        string hash = Defaulting.Hash(item.At("spec.template")!);
        string[] nodes = [.. store.List(Nodes, null).Where(node => Fits(item.At("spec.template.spec") as JsonObject, node, daemon: true) is null).Select(static node => node.Name())];
        JsonObject[] mine = [.. store.List(Pods, item.Space()).Where(pod => pod.OwnedBy(item.Uid()))];
        string? On(JsonObject pod) => pod.Text("spec.nodeName");
        if (!item.IsGoing())
        {
            foreach (string node in nodes.Where(node => !mine.Any(pod => On(pod) == node)))
            {
                Start(item, $"{item.Name()}-{Defaulting.Suffix(++_names)}", pod =>
                {
                    pod.Meta().Child("labels")["controller-revision-hash"] = hash;
                    pod.Meta().Child("labels")["pod-template-generation"] = Text(item.Number("metadata.generation") ?? 1);
                    JsonObject body = pod.Child("spec");
                    body["nodeName"] = node;
                    body["affinity"] = new JsonObject
                    {
                        ["nodeAffinity"] = new JsonObject
                        {
                            ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject
                            {
                                ["nodeSelectorTerms"] = new JsonArray(new JsonObject { ["matchFields"] = new JsonArray(new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) }) }),
                            },
                        },
                    };
                    JsonArray tolerations = body["tolerations"] as JsonArray ?? [];
                    foreach (string about in new[] { "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable" })
                        tolerations.Add(new JsonObject { ["key"] = "node.kubernetes.io/" + about, ["operator"] = "Exists", ["effect"] = about is "not-ready" or "unreachable" ? "NoExecute" : "NoSchedule" });
                    body["tolerations"] = tolerations;
                });
            }
            foreach (JsonObject pod in mine.Where(pod => !pod.IsGoing() && !nodes.Contains(On(pod), StringComparer.Ordinal))) Delete(Pods, pod, null, null);
            JsonObject[] stale = [.. mine.Where(pod => pod.Text("metadata.labels.controller-revision-hash") != hash && !pod.IsGoing())];
            if (stale.Length > 0 && mine.All(static pod => Kubelets.IsReady(pod) && !pod.IsGoing())) Delete(Pods, stale[0], null, null);
        }
        mine = [.. store.List(Pods, item.Space()).Where(pod => pod.OwnedBy(item.Uid()))];
        int ready = mine.Count(Kubelets.IsReady);
        Write(DaemonSets, item, status =>
        {
            status["currentNumberScheduled"] = mine.Count(pod => nodes.Contains(On(pod), StringComparer.Ordinal));
            status["numberMisscheduled"] = mine.Count(pod => !nodes.Contains(On(pod), StringComparer.Ordinal));
            status["desiredNumberScheduled"] = nodes.Length;
            status["numberReady"] = ready;
            status["observedGeneration"] = item.Number("metadata.generation");
            Count(status, "updatedNumberScheduled", mine.Count(pod => pod.Text("metadata.labels.controller-revision-hash") == hash));
            Count(status, "numberAvailable", ready);
            Count(status, "numberUnavailable", nodes.Length - ready);
        });
    }

    private void Job(JsonObject item)
    {
        if (item.IsGoing()) return;
        if ((item.Condition("Complete") ?? item.Condition("Failed")) is { } end)
        {
            // The controller for what has ended takes along its pods first.
            if (item.Number("spec.ttlSecondsAfterFinished") is { } kept && IsPast(end.Text("lastTransitionTime"), kept)) Delete(Jobs, item, "Foreground", null);
            return;
        }
        JsonObject[] mine = [.. store.List(Pods, item.Space()).Where(pod => pod.OwnedBy(item.Uid()))];
        int succeeded = mine.Count(static pod => pod.Text("status.phase") == "Succeeded"), failed = mine.Count(static pod => pod.Text("status.phase") == "Failed");
        JsonObject[] active = [.. mine.Where(static pod => pod.Text("status.phase") is not ("Succeeded" or "Failed") && !pod.IsGoing())];
        int completions = item.Number("spec.completions") ?? 1;
        bool late = item.Number("spec.activeDeadlineSeconds") is { } deadline && IsPast(item.Text("status.startTime"), deadline);
        bool complete = succeeded >= completions, broken = !complete && (late || failed > (item.Number("spec.backoffLimit") ?? 6));
        if (!complete && !broken)
            for (int i = active.Length; i < Math.Min(item.Number("spec.parallelism") ?? 1, completions - succeeded); i++) if (!Start(item, $"{item.Name()}-{Defaulting.Suffix(++_names)}")) break;
        if (broken) foreach (JsonObject pod in active) Delete(Pods, pod, null, null);
        int now = complete || broken ? 0 : store.List(Pods, item.Space()).Count(pod => pod.OwnedBy(item.Uid()) && pod.Text("status.phase") is not ("Succeeded" or "Failed") && !pod.IsGoing());
        Write(Jobs, item, status =>
        {
            status.Default("startTime", store.Now);
            Count(status, "active", now);
            Count(status, "succeeded", succeeded);
            Count(status, "failed", failed);
            if (complete)
            {
                status.Default("completionTime", store.Now);
                status["conditions"] = new JsonArray(new JsonObject { ["type"] = "Complete", ["status"] = "True", ["lastProbeTime"] = store.Now, ["lastTransitionTime"] = store.Now });
            }
            if (broken) status["conditions"] = new JsonArray(new JsonObject { ["type"] = "Failed", ["status"] = "True", ["lastProbeTime"] = store.Now, ["lastTransitionTime"] = store.Now, ["reason"] = late ? "DeadlineExceeded" : "BackoffLimitExceeded", ["message"] = late ? "Job was active longer than specified deadline" : "Job has reached the specified backoff limit" });
        });
    }
}
