using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <content>Deployments, and the ReplicaSets that they make.</content>
internal sealed partial class ClusterControllers
{
    private void Deployment(JsonObject item)
    {
        if (item.IsGoing()) return;
        JsonObject spec = (JsonObject)item["spec"]!;
        int replicas = spec.Number("replicas") ?? 1;
        JsonObject[] sets = [.. store.List(ReplicaSets, item.Space()).Where(set => set.OwnedBy(item.Uid()))];
        string hash = Defaulting.Hash(spec["template"]!);
        JsonObject? current = sets.FirstOrDefault(set => set.Text("metadata.labels.pod-template-hash") == hash);
        bool paused = spec.Flag("paused");
        int last = sets.Select(Revision).DefaultIfEmpty(0).Max();
        if (current is null && !paused)
        {
            JsonObject template = spec["template"]!.Copy().AsObject();
            template.Meta().Child("labels")["pod-template-hash"] = hash;
            JsonObject selector = spec["selector"]!.Copy().AsObject();
            selector.Child("matchLabels")["pod-template-hash"] = hash;
            current = store.Add(ReplicaSets, new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "ReplicaSet",
                ["metadata"] = new JsonObject
                {
                    ["name"] = $"{item.Name()}-{hash}",
                    ["namespace"] = item.Space(),
                    ["generation"] = 1,
                    ["labels"] = template.At("metadata.labels")!.Copy(),
                    ["annotations"] = Told(item, [], replicas, last + 1),
                    ["ownerReferences"] = new JsonArray(Owner(item)),
                },
                ["spec"] = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = template },
                ["status"] = new JsonObject { ["replicas"] = 0 },
            });
            sets = [.. sets, current];
            last++;
        }
        else if (current is not null && Revision(current) < last)
        {
            JsonObject again = current.Copy();
            JsonObject notes = again.Meta().Child("annotations");
            string history = (string?)notes["deployment.kubernetes.io/revision-history"] is { Length: > 0 } past ? past + "," : "";
            notes["deployment.kubernetes.io/revision-history"] = history + Text(Revision(current));
            notes["deployment.kubernetes.io/revision"] = Text(++last);
            current = store.Update(ReplicaSets, again);
            sets = [.. sets.Where(set => set.Name() != current.Name()), current];
        }
        if (current is not null && (string?)(item.At("metadata.annotations") as JsonObject)?["deployment.kubernetes.io/revision"] != Text(Revision(current)))
        {
            JsonObject told = item.Copy();
            told.Meta().Child("annotations")["deployment.kubernetes.io/revision"] = Text(Revision(current));
            item = store.Update(Deployments, told);
        }
        foreach (JsonObject set in sets.Where(set => set.Number("spec.replicas") > 0 || set.Name() == current?.Name()).ToArray())
        {
            JsonObject marked = store.Find(ReplicaSets, set.Space(), set.Name())!.Copy();
            // The annotations of the Deployment go with its newest set alone.
            marked.Meta()["annotations"] = set.Name() == current?.Name() ? Told(item, (JsonObject)marked.Meta()["annotations"]!, replicas, Revision(marked)) : Told(null, (JsonObject)marked.Meta()["annotations"]!, replicas, Revision(marked));
            if (!Json.Same(marked.At("metadata.annotations"), set.At("metadata.annotations"))) store.Update(ReplicaSets, marked);
        }
        sets = [.. store.List(ReplicaSets, item.Space()).Where(set => set.OwnedBy(item.Uid()))];
        current = sets.FirstOrDefault(set => set.Text("metadata.labels.pod-template-hash") == hash);
        JsonObject[] old = [.. sets.Where(set => set.Name() != current?.Name())];
        if (current is not null) Roll(spec, replicas, current, old, paused);
        foreach (JsonObject forgotten in old.Where(static set => set.Number("spec.replicas") == 0 && (set.Number("status.replicas") ?? 0) == 0).OrderByDescending(Revision).Skip(spec.Number("revisionHistoryLimit") ?? 10)) Delete(ReplicaSets, forgotten, "Background", null);
        sets = [.. store.List(ReplicaSets, item.Space()).Where(set => set.OwnedBy(item.Uid()))];
        current = sets.FirstOrDefault(set => set.Text("metadata.labels.pod-template-hash") == hash);
        int all = Sum(sets, "replicas"), ready = Sum(sets, "readyReplicas"), available = Sum(sets, "availableReplicas"), updated = current.Number("status.replicas") ?? 0;
        bool isAvailable = available >= replicas - Share(spec, "maxUnavailable", replicas, up: false);
        bool done = updated == replicas && all == replicas && available == replicas;
        string name = current?.Name() ?? item.Name();
        // Of the newest set before all others.
        JsonObject? failure = current?.Condition("ReplicaFailure") ?? sets.Select(static set => set.Condition("ReplicaFailure")).FirstOrDefault(static one => one is not null);
        Write(Deployments, item, status =>
        {
            status["observedGeneration"] = item.Number("metadata.generation");
            Count(status, "replicas", all);
            Count(status, "updatedReplicas", updated);
            Count(status, "readyReplicas", ready);
            Count(status, "availableReplicas", available);
            Count(status, "unavailableReplicas", Math.Max(0, replicas - available));
            status["conditions"] = Conditions(item,
                isAvailable ? ("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.") : ("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
                paused ? ("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
                : done ? ("Progressing", "True", "NewReplicaSetAvailable", $"ReplicaSet \"{name}\" has successfully progressed.")
                : kubelets.IsLate(item) ? ("Progressing", "False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.")
                : ("Progressing", "True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing."));
            if (failure is not null) ((JsonArray)status["conditions"]!).Add((JsonNode)Conditions(item, ("ReplicaFailure", "True", failure.Text("reason")!, failure.Text("message")!))[0]!.DeepClone());
        });
        kubelets.Progress(item, Text(updated) + "/" + Text(available) + "/" + Text(all), done);
    }

    private static JsonObject Told(JsonObject? deployment, JsonObject notes, int replicas, int revision)
    {
        JsonObject told = notes.Copy();
        foreach ((string name, JsonNode? value) in deployment.At("metadata.annotations") as JsonObject ?? [])
            if (!name.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal) && name != "kubectl.kubernetes.io/last-applied-configuration") told[name] = value?.DeepClone();
        told["deployment.kubernetes.io/revision"] = Text(revision);
        told["deployment.kubernetes.io/desired-replicas"] = Text(replicas);
        told["deployment.kubernetes.io/max-replicas"] = Text(replicas + Share((JsonObject?)deployment?["spec"] ?? [], "maxSurge", replicas, up: true));
        if (deployment is null && (string?)notes["deployment.kubernetes.io/max-replicas"] is { } most) told["deployment.kubernetes.io/max-replicas"] = most;
        return told;
    }

    private void Roll(JsonObject spec, int replicas, JsonObject current, JsonObject[] old, bool paused)
    {
        int total = old.Sum(static set => set.Number("spec.replicas") ?? 0), mine = current.Number("spec.replicas") ?? 0;
        if (paused)
        {
            // Scaling goes on while the template rests.
            if (total == 0 && mine != replicas) Scale(current, replicas);
            return;
        }
        if (spec.Text("strategy.type") == "Recreate")
        {
            foreach (JsonObject set in old.Where(static set => set.Number("spec.replicas") > 0)) Scale(set, 0);
            if (!old.Any(static set => (set.Number("status.replicas") ?? 0) > 0) && mine != replicas) Scale(current, replicas);
            return;
        }
        int most = replicas + Share(spec, "maxSurge", replicas, up: true), least = replicas - Share(spec, "maxUnavailable", replicas, up: false);
        if (mine > replicas) Scale(current, replicas);
        else if (mine < replicas && mine + total < most) Scale(current, Math.Min(replicas, most - total));
        int spare = Sum([.. old, current], "availableReplicas") - least;
        foreach (JsonObject set in old.Where(static set => set.Number("spec.replicas") > 0))
        {
            int broken = Math.Max(0, (set.Number("spec.replicas") ?? 0) - (set.Number("status.availableReplicas") ?? 0));
            int fewer = Math.Min(set.Number("spec.replicas") ?? 0, broken + Math.Max(0, spare));
            if (fewer <= 0 || (set.Number("status.replicas") ?? 0) != set.Number("spec.replicas")) continue;
            spare -= Math.Max(0, fewer - broken);
            Scale(set, (set.Number("spec.replicas") ?? 0) - fewer);
        }
    }

    private void Scale(JsonObject set, int replicas)
    {
        JsonObject next = store.Find(ReplicaSets, set.Space(), set.Name())!.Copy();
        next.Child("spec")["replicas"] = replicas;
        next.Meta()["generation"] = (next.Number("metadata.generation") ?? 1) + 1;
        store.Update(ReplicaSets, next);
    }

    private void ReplicaSet(JsonObject item)
    {
        if (!item.IsGoing())
        {
            JsonObject[] mine = [.. Living(item)];
            int wanted = item.Number("spec.replicas") ?? 1, made = mine.Length;
            while (made < wanted && Start(item, $"{item.Name()}-{Defaulting.Suffix(++_names)}")) made++;
            if (made >= wanted) _refused.Remove(item.Uid());
            foreach (JsonObject surplus in mine.OrderBy(static pod => Kubelets.IsReady(pod)).ThenBy(Cost).ThenByDescending(static pod => pod.Text("metadata.creationTimestamp"), StringComparer.Ordinal).Take(Math.Max(0, mine.Length - wanted))) Delete(Pods, surplus, null, null);
        }
        JsonObject[] now = [.. Living(item)];
        Write(ReplicaSets, item, status =>
        {
            status["replicas"] = now.Length;
            Count(status, "fullyLabeledReplicas", now.Length);
            int ready = now.Count(Kubelets.IsReady);
            Count(status, "readyReplicas", ready);
            Count(status, "availableReplicas", ready);
            status["observedGeneration"] = item.Number("metadata.generation") ?? 1;
            if (RefusalOf(item) is { } why) status["conditions"] = Conditions(item, ("ReplicaFailure", "True", "FailedCreate", why));
            else status.Remove("conditions");
        });
    }

    // What ending it costs, as its annotation says: looked at by default from 1.22 on.
    private static int Cost(JsonObject pod) => int.TryParse((string?)(pod.At("metadata.annotations") as JsonObject)?["controller.kubernetes.io/pod-deletion-cost"], CultureInfo.InvariantCulture, out int cost) ? cost : 0;

    private IEnumerable<JsonObject> Living(JsonObject owner) =>
        store.List(Pods, owner.Space()).Where(pod => pod.OwnedBy(owner.Uid()) && !pod.IsGoing() && pod.Text("status.phase") is not ("Succeeded" or "Failed"));
}
