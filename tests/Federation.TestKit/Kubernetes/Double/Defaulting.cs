using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>What the API server fills in: defaults of each kind, and what admission adds to a pod.</summary>
internal static class Defaulting
{
    private static readonly HashSet<string> WithGeneration =
    [
        "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "PriorityClass",
    ];

    public static bool HasGeneration(string kind) => WithGeneration.Contains(kind);

    /// <summary>Fills in; <paramref name="address"/> and <paramref name="port"/> give what a Service is given.</summary>
    public static void Fill(ApiKind kind, JsonObject item, JsonObject? before, Func<string> address, Func<int> port)
    {
        JsonObject metadata = item.Meta();
        item["kind"] = kind.Kind;
        item["apiVersion"] = kind.ApiVersion;
        if (before is null && HasGeneration(kind.Kind)) metadata["generation"] = 1;
        JsonObject spec = item["spec"] as JsonObject ?? [];
        switch (kind.Kind)
        {
            case "Namespace":
                metadata.Child("labels")["kubernetes.io/metadata.name"] = item.Name();
                spec.Default("finalizers", new JsonArray("kubernetes"));
                item["spec"] = spec;
                item.Child("status").Default("phase", "Active");
                break;
            case "Pod":
                PodSpec(spec);
                item["spec"] = spec;
                if (before is null)
                {
                    spec.Default("enableServiceLinks", true);
                    item["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = Quality(spec) };
                }
                break;
            case "Deployment":
                spec.Default("replicas", 1);
                Template(spec);
                JsonObject strategy = spec.Child("strategy");
                strategy.Default("type", "RollingUpdate");
                if (strategy.Text("type") == "RollingUpdate")
                {
                    JsonObject rolling = strategy.Child("rollingUpdate");
                    rolling.Default("maxUnavailable", "25%");
                    rolling.Default("maxSurge", "25%");
                }
                spec.Default("revisionHistoryLimit", 10);
                spec.Default("progressDeadlineSeconds", 600);
                item.Child("status");
                break;
            case "ReplicaSet":
                spec.Default("replicas", 1);
                Template(spec);
                item.Child("status").Default("replicas", 0);
                break;
            case "StatefulSet":
                spec.Default("replicas", 1);
                Template(spec);
                spec.Default("podManagementPolicy", "OrderedReady");
                JsonObject update = spec.Child("updateStrategy");
                update.Default("type", "RollingUpdate");
                if (update.Text("type") == "RollingUpdate") update.Child("rollingUpdate").Default("partition", 0);
                spec.Default("revisionHistoryLimit", 10);
                foreach (JsonObject claim in spec.Items("volumeClaimTemplates"))
                {
                    claim["kind"] = "PersistentVolumeClaim";
                    claim["apiVersion"] = "v1";
                    if (!claim.Meta().ContainsKey("creationTimestamp")) claim.Meta()["creationTimestamp"] = null;
                    claim.Child("spec").Default("volumeMode", "Filesystem");
                    claim.Child("status").Default("phase", "Pending");
                }
                item.Child("status").Default("replicas", 0);
                break;
            case "DaemonSet":
                Template(spec);
                JsonObject daemons = spec.Child("updateStrategy");
                daemons.Default("type", "RollingUpdate");
                if (daemons.Text("type") == "RollingUpdate")
                {
                    daemons.Child("rollingUpdate").Default("maxUnavailable", 1);
                    daemons.Child("rollingUpdate").Default("maxSurge", 0);
                }
                spec.Default("revisionHistoryLimit", 10);
                JsonObject scheduled = item.Child("status");
                foreach (string name in new[] { "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady" }) scheduled.Default(name, 0);
                if (before is null) metadata.Child("annotations")["deprecated.daemonset.template.generation"] = "1";
                break;
            case "Job":
                spec.Default("parallelism", 1);
                spec.Default("completions", 1);
                spec.Default("backoffLimit", 6);
                Template(spec);
                if (before is null && !spec.Flag("manualSelector"))
                {
                    metadata.Default("uid", Guid.NewGuid().ToString());
                    spec.Child("selector").Child("matchLabels")["controller-uid"] = item.Uid();
                    JsonObject labels = spec.Child("template").Meta().Child("labels");
                    labels["controller-uid"] = item.Uid();
                    labels["job-name"] = item.Name();
                }
                item.Child("status");
                break;
            case "CronJob":
                spec.Default("concurrencyPolicy", "Allow");
                spec.Default("suspend", false);
                spec.Default("successfulJobsHistoryLimit", 3);
                spec.Default("failedJobsHistoryLimit", 1);
                JsonObject template = spec.Child("jobTemplate");
                if (!template.Meta().ContainsKey("creationTimestamp")) template.Meta()["creationTimestamp"] = null;
                Template(template.Child("spec"));
                item.Child("status");
                break;
            case "Service":
                Service(item, spec, before, address, port);
                break;
            case "PersistentVolumeClaim":
                spec.Default("volumeMode", "Filesystem");
                if (!item.Finalizers().Any()) metadata["finalizers"] = new JsonArray("kubernetes.io/pvc-protection");
                item.Child("status").Default("phase", "Pending");
                break;
            case "PersistentVolume":
                spec.Default("persistentVolumeReclaimPolicy", "Retain");
                spec.Default("volumeMode", "Filesystem");
                if (!item.Finalizers().Any()) metadata["finalizers"] = new JsonArray("kubernetes.io/pv-protection");
                item.Child("status").Default("phase", "Pending");
                break;
            case "Secret":
                item.Default("type", "Opaque");
                if (item["stringData"] is JsonObject text)
                {
                    JsonObject data = item.Child("data");
                    foreach ((string name, JsonNode? value) in text) data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes((string?)value ?? ""));
                    item.Remove("stringData");
                }
                break;
            case "Ingress":
                item.Child("status").Default("loadBalancer", new JsonObject());
                break;
            case "HorizontalPodAutoscaler":
                spec.Default("minReplicas", 1);
                if (spec["behavior"] is JsonObject behavior)
                {
                    JsonObject up = behavior.Child("scaleUp"), down = behavior.Child("scaleDown");
                    up.Default("stabilizationWindowSeconds", 0);
                    up.Default("selectPolicy", "Max");
                    up.Default("policies", new JsonArray(Policy("Pods", 4), Policy("Percent", 100)));
                    down.Default("selectPolicy", "Max");
                    down.Default("policies", new JsonArray(Policy("Percent", 100)));
                }
                // As every server writes them before its controller has been there.
                JsonObject scaled = item.Child("status");
                if (!scaled.ContainsKey("conditions")) scaled["conditions"] = null;
                if (!scaled.ContainsKey("currentMetrics")) scaled["currentMetrics"] = null;
                scaled.Default("currentReplicas", 0);
                scaled.Default("desiredReplicas", 0);
                break;
            case "PodDisruptionBudget":
                JsonObject disrupted = item.Child("status");
                foreach (string name in new[] { "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods" }) disrupted.Default(name, 0);
                break;
            case "ResourceQuota":
                item.Child("status");
                break;
            case "LimitRange":
                foreach (JsonObject limit in spec.Items("limits").Where(static limit => limit.Text("type") == "Container"))
                {
                    foreach ((string name, JsonNode? value) in limit["max"] as JsonObject ?? []) limit.Child("default").Default(name, value?.DeepClone());
                    foreach ((string name, JsonNode? value) in limit["default"] as JsonObject ?? []) limit.Child("defaultRequest").Default(name, value?.DeepClone());
                }
                break;
            case "PriorityClass":
                item.Default("preemptionPolicy", "PreemptLowerPriority");
                if (!item.Flag("globalDefault")) item.Remove("globalDefault");
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                foreach (JsonObject subject in item.Items("subjects"))
                    if (subject.Text("kind") is "User" or "Group") subject.Default("apiGroup", "rbac.authorization.k8s.io");
                break;
            default:
                break;
        }
        if (item.ContainsKey("spec") || spec.Count > 0) item["spec"] = spec;
        // Maps that are empty are not written.
        foreach (string name in new[] { "labels", "annotations" })
            if (metadata[name] is JsonObject { Count: 0 }) metadata.Remove(name);
        if (kind.Kind is "ConfigMap" or "Secret")
            foreach (string name in new[] { "data", "binaryData" })
                if (item[name] is JsonObject { Count: 0 }) item.Remove(name);
    }

    /// <summary>What admission adds to a new pod.</summary>
    public static void Admit(JsonObject pod, string suffix)
    {
        JsonObject spec = pod.Child("spec");
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName"));
        spec.Default("priority", 0);
        spec.Default("preemptionPolicy", "PreemptLowerPriority");
        JsonArray tolerations = spec["tolerations"] as JsonArray ?? [];
        foreach (string key in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
            if (!tolerations.OfType<JsonObject>().Any(one => (one.Text("key") == key || one["key"] is null) && one.Text("effect") is null or "NoExecute"))
                tolerations.Add(new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 });
        spec["tolerations"] = tolerations;
        if (spec["automountServiceAccountToken"] is { } mounts && !(bool)mounts) return;
        string name = "kube-api-access-" + suffix;
        JsonArray volumes = spec["volumes"] as JsonArray ?? [];
        volumes.Add(new JsonObject
        {
            ["name"] = name,
            ["projected"] = new JsonObject
            {
                ["sources"] = new JsonArray(
                    new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = 3607, ["path"] = "token" } },
                    new JsonObject { ["configMap"] = new JsonObject { ["name"] = "kube-root-ca.crt", ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }) } },
                    new JsonObject { ["downwardAPI"] = new JsonObject { ["items"] = new JsonArray(new JsonObject { ["path"] = "namespace", ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" } }) } }),
                ["defaultMode"] = 420,
            },
        });
        spec["volumes"] = volumes;
        foreach (JsonObject container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            JsonArray mountsOf = container["volumeMounts"] as JsonArray ?? [];
            mountsOf.Add(new JsonObject { ["name"] = name, ["readOnly"] = true, ["mountPath"] = "/var/run/secrets/kubernetes.io/serviceaccount" });
            container["volumeMounts"] = mountsOf;
        }
    }

    private static JsonObject Policy(string type, int value) => new() { ["type"] = type, ["value"] = value, ["periodSeconds"] = 15 };

    private static void Template(JsonObject spec)
    {
        JsonObject template = spec.Child("template");
        if (!template.Meta().ContainsKey("creationTimestamp")) template.Meta()["creationTimestamp"] = null;
        PodSpec(template.Child("spec"));
    }

    private static void PodSpec(JsonObject spec)
    {
        foreach (JsonObject container in spec.Items("containers").Concat(spec.Items("initContainers"))) Container(container);
        foreach (JsonObject volume in spec.Items("volumes"))
        {
            foreach (string kind in new[] { "configMap", "secret", "projected", "downwardAPI" })
                if (volume[kind] is JsonObject source) source.Default("defaultMode", 420);
            if (volume["hostPath"] is JsonObject host) host.Default("type", "");
            if (volume.Count == 1 && volume.ContainsKey("name")) volume["emptyDir"] = new JsonObject();
        }
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("securityContext", new JsonObject());
        spec.Default("schedulerName", "default-scheduler");
        if (spec.Text("serviceAccountName") is { } account) spec.Default("serviceAccount", account);
    }

    private static void Container(JsonObject container)
    {
        container.Default("resources", new JsonObject());
        if (container.At("resources.limits") is JsonObject limits)
            foreach ((string name, JsonNode? value) in limits) container.Child("resources").Child("requests").Default(name, value?.DeepClone());
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        string image = container.Text("image") ?? "";
        int tag = image.LastIndexOf(':');
        container.Default("imagePullPolicy", tag < image.LastIndexOf('/') || tag < 0 || image.EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent");
        foreach (JsonObject port in container.Items("ports")) port.Default("protocol", "TCP");
        foreach (JsonObject variable in container.Items("env"))
            if (variable.At("valueFrom.fieldRef") is JsonObject reference) reference.Default("apiVersion", "v1");
        foreach (string name in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (container[name] is not JsonObject probe) continue;
            if (probe["httpGet"] is JsonObject http)
            {
                http.Default("path", "/");
                http.Default("scheme", "HTTP");
            }
            probe.Default("timeoutSeconds", 1);
            probe.Default("periodSeconds", 10);
            probe.Default("successThreshold", 1);
            probe.Default("failureThreshold", 3);
        }
    }

    private static string Quality(JsonObject spec)
    {
        JsonObject[] needs = [.. spec.Items("containers").Select(static container => container["resources"] as JsonObject ?? [])];
        if (needs.All(static one => one["limits"] is null && one["requests"] is null)) return "BestEffort";
        return needs.All(static one => one.At("limits.cpu") is not null && one.At("limits.memory") is not null && Json.Same(one["limits"], one["requests"])) ? "Guaranteed" : "Burstable";
    }

    private static void Service(JsonObject item, JsonObject spec, JsonObject? before, Func<string> address, Func<int> port)
    {
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        string type = spec.Text("type")!;
        foreach (JsonObject one in spec.Items("ports"))
        {
            one.Default("protocol", "TCP");
            one.Default("targetPort", one["port"]?.DeepClone());
            if (type is "NodePort" or "LoadBalancer")
            {
                int? had = before.Items("spec.ports").FirstOrDefault(other => other.Number("port") == one.Number("port") && other.Text("protocol") == one.Text("protocol")).Number("nodePort");
                one.Default("nodePort", had ?? port());
            }
            else
            {
                one.Remove("nodePort");
            }
        }
        if (type is "NodePort" or "LoadBalancer") spec.Default("externalTrafficPolicy", "Cluster");
        else spec.Remove("externalTrafficPolicy");
        if (type != "ExternalName")
        {
            spec.Default("clusterIP", before.Text("spec.clusterIP") ?? address());
            spec.Default("clusterIPs", new JsonArray(spec.Text("clusterIP")));
            spec.Default("ipFamilies", new JsonArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
        }
        item.Child("status").Default("loadBalancer", new JsonObject());
    }

    /// <summary>Five characters, as generated names end.</summary>
    public static string Suffix(int number)
    {
        const string letters = "bcdfghjklmnpqrstvwxz2456789";
        var text = new StringBuilder();
        for (uint left = (uint)number * 2654435761u; text.Length < 5; left /= 27) text.Append(letters[(int)(left % 27)]);
        return text.ToString();
    }

    /// <summary>Of a template, as a ReplicaSet's name has it.</summary>
    public static string Hash(JsonNode template)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(template.ToJsonString())) hash = (hash ^ one) * 16777619;
        return hash.ToString("x", CultureInfo.InvariantCulture);
    }
}
