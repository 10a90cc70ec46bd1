using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>
/// The controllers of a small cluster: each pass compares what is with what should be and takes the next step of each object; passes go on until nothing
/// changes. Time-outs and probes are kept by <see cref="Kubelets"/>. The double's gate guards it.
/// </summary>
internal sealed class ClusterControllers(ObjectStore store, Kubelets kubelets)
{
    private const string Deployments = "apps/deployments", ReplicaSets = "apps/replicasets", StatefulSets = "apps/statefulsets", DaemonSets = "apps/daemonsets";
    private const string Jobs = "batch/jobs", Pods = "/pods", Services = "/services", Endpoints = "/endpoints", Slices = "discovery.k8s.io/endpointslices", Namespaces = "/namespaces", Claims = "/persistentvolumeclaims", Nodes = "/nodes";
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
            int wanted = item.Number("spec.replicas") ?? 1;
            for (int i = mine.Length; i < wanted; i++) if (!Start(item, $"{item.Name()}-{Defaulting.Suffix(++_names)}")) break;
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
        });
    }

    // What ending it costs, as its annotation says: looked at by default from 1.22 on.
    private static int Cost(JsonObject pod) => int.TryParse((string?)(pod.At("metadata.annotations") as JsonObject)?["controller.kubernetes.io/pod-deletion-cost"], CultureInfo.InvariantCulture, out int cost) ? cost : 0;

    private IEnumerable<JsonObject> Living(JsonObject owner) =>
        store.List(Pods, owner.Space()).Where(pod => pod.OwnedBy(owner.Uid()) && !pod.IsGoing() && pod.Text("status.phase") is not ("Succeeded" or "Failed"));

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
                if (pod is null) StartStateful(item, i, i < partition ? current : revision, i < partition && current != revision ? null : spec["template"]!);
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

    private void StartStateful(JsonObject item, int ordinal, string revision, JsonNode? template)
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
        Start(item, name, pod =>
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

    private bool IsPast(string? since, int seconds) => since is not null && store.Time >= DateTimeOffset.Parse(since, CultureInfo.InvariantCulture).AddSeconds(seconds);

    private bool Start(JsonObject owner, string name, Action<JsonObject>? finish = null)
    {
        if (store.Find(Namespaces, null, owner.Space()!)?.IsGoing() != false || store.Find(Pods, owner.Space(), name) is not null) return false;
        JsonNode template = owner.At("spec.template")!;
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = owner.Space(), ["ownerReferences"] = new JsonArray(Owner(owner)) },
            ["spec"] = template["spec"]!.DeepClone(),
        };
        if (name.LastIndexOf('-') is > 0 and var dash && owner.Text("kind") != "StatefulSet") pod.Meta()["generateName"] = name[..(dash + 1)];
        foreach (string part in new[] { "labels", "annotations" })
            if (template.At($"metadata.{part}") is { } values) pod.Meta()[part] = values.DeepClone();
        finish?.Invoke(pod);
        ApiKind kind = ApiCatalog.Of("", "pods");
        Defaulting.Fill(kind, pod, null, static () => "", static () => 0);
        Defaulting.Admit(pod, Defaulting.Suffix(++_names));
        store.Add(Pods, pod);
        return true;
    }

    private void Schedule(JsonObject pod)
    {
        if (pod.IsGoing() || pod.Text("spec.nodeName") is not null || pod.Text("status.phase") != "Pending") return;
        JsonObject[] nodes = [.. store.List(Nodes, null)];
        if (nodes.Length == 0 && pod.Condition("PodScheduled") is null)
        {
            Write(Pods, pod, status => status["conditions"] = new JsonArray(Reason("PodScheduled", "False", "Unschedulable", "no nodes available to schedule pods")));
            return;
        }
        (JsonObject Node, string? Why)[] fits = [.. nodes.Select(node => (node, Fits(pod["spec"] as JsonObject, node, daemon: false)))];
        JsonObject? chosen = fits.Where(static fit => fit.Why is null).Select(static fit => fit.Node).OrderBy(node => store.List(Pods, null).Count(other => other.Text("spec.nodeName") == node.Name())).FirstOrDefault();
        if (chosen is not null)
        {
            JsonObject next = pod.Copy();
            next.Child("spec")["nodeName"] = chosen.Name();
            next.Child("status")["conditions"] = new JsonArray(Reason("PodScheduled", "True"));
            store.Update(Pods, next);
            return;
        }
        string why = $"0/{nodes.Length} nodes are available: {string.Join(", ", fits.GroupBy(static fit => fit.Why!).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group => $"{group.Count()} {group.Key}"))}.";
        if (pod.Condition("PodScheduled").Text("message") != why) Write(Pods, pod, status => status["conditions"] = new JsonArray(Reason("PodScheduled", "False", "Unschedulable", why)));
    }

    // Why a node does not take a pod, in the scheduler's words; null if it does.
    private string? Fits(JsonObject? spec, JsonObject node, bool daemon)
    {
        foreach (JsonObject taint in node.Items("spec.taints").Where(static taint => taint.Text("effect") != "PreferNoSchedule"))
        {
            if (daemon && taint.Text("key")!.StartsWith("node.kubernetes.io/", StringComparison.Ordinal)) continue;
            bool tolerated = spec.Items("tolerations").Any(one => (one["key"] is null || one.Text("key") == taint.Text("key")) && (one["effect"] is null || one.Text("effect") == taint.Text("effect")) && (one.Text("operator") == "Exists" || one.Text("value") == taint.Text("value")));
            if (!tolerated) return $"node(s) had taint {{{taint.Text("key")}: {taint.Text("value")}}}, that the pod didn't tolerate";
        }
        if (node.Flag("spec.unschedulable") && !daemon) return "node(s) were unschedulable";
        if (spec?["nodeSelector"] is JsonObject selector && selector.Any(pair => (string?)(node.At("metadata.labels") as JsonObject)?[pair.Key] != (string?)pair.Value)) return "node(s) didn't match Pod's node affinity/selector";
        JsonObject[] there = [.. store.List(Pods, null).Where(pod => pod.Text("spec.nodeName") == node.Name() && pod.Text("status.phase") is not ("Succeeded" or "Failed"))];
        int[] hostPorts = [.. Ports(spec)];
        if (hostPorts.Length > 0 && there.SelectMany(static pod => Ports(pod["spec"])).Intersect(hostPorts).Any()) return "node(s) didn't have free ports for the requested pod ports";
        foreach (string resource in new[] { "cpu", "memory" })
            if (Requests(spec, resource) is > 0 and var asked && there.Sum(pod => Requests(pod["spec"], resource)) + asked > Quantities.Of(node.At($"status.allocatable.{resource}"))) return $"Insufficient {resource}";
        return there.Length + 1 > Quantities.Of(node.At("status.allocatable.pods")) ? "Too many pods" : null;

        static IEnumerable<int> Ports(JsonNode? spec) => spec.Items("containers").SelectMany(static container => container.Items("ports")).Select(static port => port.Number("hostPort")).OfType<int>();

        static decimal Requests(JsonNode? spec, string resource) => spec.Items("containers").Sum(container => Quantities.Of(container.At($"resources.requests.{resource}")));
    }

    // Endpoints and a slice of every Service with a selector.
    private void Publish(JsonObject service)
    {
        if (service.IsGoing() || service.At("spec.selector") is not JsonObject { Count: > 0 } selector) return;
        JsonObject[] pods = [.. store.List(Pods, service.Space()).Where(pod => Selectors.Matches(pod.At("metadata.labels") as JsonObject, selector) && pod.Text("status.podIP") is not null && pod.Text("status.phase") is not ("Succeeded" or "Failed"))];
        var endpoints = new JsonArray([.. pods.Where(static pod => !pod.IsGoing() || Kubelets.IsReady(pod)).Select(static pod => new JsonObject
        {
            ["addresses"] = new JsonArray(pod.Text("status.podIP")),
            ["conditions"] = new JsonObject { ["ready"] = Kubelets.IsReady(pod) && !pod.IsGoing() },
            ["nodeName"] = pod.Text("spec.nodeName"),
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = pod.Space(), ["name"] = pod.Name(), ["uid"] = pod.Uid() },
        })]);
        var ports = new JsonArray([.. service.Items("spec.ports").Select(port => Target(port, pods)).OfType<JsonObject>()]);
        string name = $"{service.Name()}-{Defaulting.Suffix(++_names)}";
        JsonObject? slice = store.List(Slices, service.Space()).FirstOrDefault(one => one.OwnedBy(service.Uid()));
        JsonNode? listed = endpoints.Count > 0 ? endpoints : null, told = endpoints.Count > 0 ? ports : null;
        if (slice is null)
        {
            store.Add(Slices, new JsonObject
            {
                ["apiVersion"] = "discovery.k8s.io/v1",
                ["kind"] = "EndpointSlice",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = service.Space(),
                    ["generation"] = 1,
                    ["generateName"] = service.Name() + "-",
                    ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service.Name(), ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io" },
                    ["ownerReferences"] = new JsonArray(Owner(service)),
                },
                ["addressType"] = "IPv4",
                ["endpoints"] = listed,
                ["ports"] = told,
            });
        }
        else if (!Json.Same(slice["endpoints"], listed) || !Json.Same(slice["ports"], told))
        {
            JsonObject next = slice.Copy();
            next["endpoints"] = listed;
            next["ports"] = told;
            next.Meta()["generation"] = (next.Number("metadata.generation") ?? 1) + 1;
            store.Update(Slices, next);
        }
        if (store.Find(Endpoints, service.Space(), service.Name()) is null)
            store.Add(Endpoints, new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Endpoints", ["metadata"] = new JsonObject { ["name"] = service.Name(), ["namespace"] = service.Space(), ["ownerReferences"] = new JsonArray(Owner(service)) } });
    }

    private static JsonObject? Target(JsonObject port, JsonObject[] pods)
    {
        int? number = port.Number("targetPort") ?? pods.SelectMany(static pod => pod.Items("spec.containers")).SelectMany(static container => container.Items("ports")).FirstOrDefault(one => one.Text("name") == port.Text("targetPort")).Number("containerPort");
        return number is null ? null : new JsonObject { ["name"] = port.Text("name") ?? "", ["protocol"] = port.Text("protocol"), ["port"] = number };
    }

    private void Budget(JsonObject item)
    {
        JsonObject[] pods = [.. store.List(Pods, item.Space()).Where(pod => Selectors.Matches(pod.At("metadata.labels") as JsonObject, item.At("spec.selector")) && !pod.IsGoing())];
        int healthy = pods.Count(Kubelets.IsReady);
        int wanted = item.At("spec.minAvailable") is { } least ? Percent(least, pods.Length) : pods.Length - Percent(item.At("spec.maxUnavailable") ?? JsonValue.Create(0), pods.Length);
        Write(Budgets, item, status =>
        {
            status["disruptionsAllowed"] = Math.Max(0, healthy - wanted);
            status["currentHealthy"] = healthy;
            status["desiredHealthy"] = Math.Max(0, wanted);
            status["expectedPods"] = pods.Length;
            status["observedGeneration"] = item.Number("metadata.generation");
        });
    }

    private void Bind(JsonObject claim)
    {
        // There is a provisioner where a class is named, or the cluster has one by default.
        if (claim.Text("status.phase") != "Pending" || !kubelets.Provisions || claim.IsGoing()) return;
        JsonObject next = claim.Copy();
        next.Child("spec")["volumeName"] = "pvc-" + claim.Uid();
        JsonObject status = next.Child("status");
        status["phase"] = "Bound";
        status["accessModes"] = claim.At("spec.accessModes")?.DeepClone();
        status["capacity"] = claim.At("spec.resources.requests")?.DeepClone();
        store.Update(Claims, next);
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
