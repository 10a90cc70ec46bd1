using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <content>Pods, where they run, and by which Services they are found.</content>
internal sealed partial class ClusterControllers
{
    private bool IsPast(string? since, int seconds) => since is not null && store.Time >= DateTimeOffset.Parse(since, CultureInfo.InvariantCulture).AddSeconds(seconds);

    private bool Start(JsonObject owner, string name, Action<JsonObject>? finish = null)
    {
        if (store.Find(Namespaces, null, owner.Space()!)?.IsGoing() != false || store.Find(Pods, owner.Space(), name) is not null || IsHeldBack(owner)) return false;
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
        inject(pod);
        Defaulting.Admit(pod, Defaulting.Suffix(++_names));
        if (refuses(pod) is { } why)
        {
            Refuse(owner, name, why);
            return false;
        }
        // A ReplicaSet's is over only once it has all of them.
        if (owner.Text("kind") != "ReplicaSet") _refused.Remove(owner.Uid());
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
        if (!IsAtItsNodes(spec, node)) return "node(s) didn't match Pod's node affinity/selector";
        if (Apart(spec).Any(labels => there.Any(pod => labels.All(label => (string?)(pod.At("metadata.labels") as JsonObject)?[label.Key] == (string?)label.Value)))) return "node(s) didn't match pod anti-affinity rules";
        int[] hostPorts = [.. Ports(spec)];
        if (hostPorts.Length > 0 && there.SelectMany(static pod => Ports(pod["spec"])).Intersect(hostPorts).Any()) return "node(s) didn't have free ports for the requested pod ports";
        foreach (string resource in new[] { "cpu", "memory" })
            if (Requests(spec, resource) is > 0 and var asked && there.Sum(pod => Requests(pod["spec"], resource)) + asked > Quantities.Of(node.At($"status.allocatable.{resource}"))) return $"Insufficient {resource}";
        return there.Length + 1 > Quantities.Of(node.At("status.allocatable.pods")) ? "Too many pods" : null;

        static IEnumerable<int> Ports(JsonNode? spec) => spec.Items("containers").SelectMany(static container => container.Items("ports")).Select(static port => port.Number("hostPort")).OfType<int>();

        static decimal Requests(JsonNode? spec, string resource) => spec.Items("containers").Sum(container => Quantities.Of(container.At($"resources.requests.{resource}")));
    }

    // A required affinity to nodes is that to any of its terms.
    private static bool IsAtItsNodes(JsonObject? spec, JsonObject node)
    {
        JsonObject[] terms = [.. spec.Items("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")];
        return terms.Length == 0 || terms.Any(term => term.Items("matchFields").All(field => ((JsonArray)field["values"]!).Any(value => (string?)value == node.Name()))
            && term.Items("matchExpressions").All(one =>
            {
                string? actual = (string?)(node.At("metadata.labels") as JsonObject)?[one.Text("key")!];
                bool among = actual is not null && (one["values"] as JsonArray ?? []).Any(value => (string?)value == actual);
                return one.Text("operator") switch { "In" => among, "NotIn" => !among, "Exists" => actual is not null, _ => actual is null };
            }));
    }

    // The labels of pods that a pod must not share its node with.
    private static IEnumerable<JsonObject> Apart(JsonObject? spec) => spec.Items("affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution")
        .Where(static term => term.Text("topologyKey") == "kubernetes.io/hostname").Select(static term => term.At("labelSelector.matchLabels")).OfType<JsonObject>();

    // Endpoints and a slice of every Service with a selector.
    private void Publish(JsonObject service)
    {
        if (service.IsGoing() || service.At("spec.selector") is not JsonObject { Count: > 0 } selector) return;
        JsonObject[] pods = [.. store.List(Pods, service.Space()).Where(pod => Selectors.Matches(pod.At("metadata.labels") as JsonObject, selector) && pod.Text("status.podIP") is not null && pod.Text("status.phase") is not ("Succeeded" or "Failed"))];
        var endpoints = new JsonArray([.. pods.Where(static pod => !pod.IsGoing() || Kubelets.IsReady(pod)).Select(pod => new JsonObject
        {
            ["addresses"] = new JsonArray(pod.Text("status.podIP")),
            ["conditions"] = new JsonObject { ["ready"] = service.Flag("spec.publishNotReadyAddresses") || (Kubelets.IsReady(pod) && !pod.IsGoing()) },
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
}
