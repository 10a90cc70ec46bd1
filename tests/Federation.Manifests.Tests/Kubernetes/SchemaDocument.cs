using System.Text.Json.Nodes;

namespace Federation.Manifests.Tests.Kubernetes;

/// <summary>A manifest in which one path of the schema is written, with what must stand beside it to mean something.</summary>
internal sealed class SchemaDocument
{
    private readonly JsonObject _root;
    private readonly string _beside;

    private SchemaDocument(JsonObject root, string beside) => (_root, _beside) = (root, beside);

    /// <summary>The manifest.</summary>
    public string Text => $"{_root.ToJsonString()}\n{_beside}";

    // What a value of a field must look like to mean something; other whole numbers are 3, flags true, texts n1.
    private static readonly Dictionary<string, JsonNode> Values = new(StringComparer.Ordinal)
    {
        ["protocol"] = "UDP",
        ["hostIP"] = "127.0.0.1",
        ["ip"] = "10.0.0.1",
        ["image"] = "other:2",
        ["mountPath"] = "/there",
        ["devicePath"] = "/dev/xvda",
        ["workingDir"] = "/there",
        ["medium"] = "Memory",
        ["sizeLimit"] = "64Mi",
        ["divisor"] = "1Mi",
        ["mountPropagation"] = "HostToContainer",
        ["procMount"] = "Unmasked",
        ["dnsPolicy"] = "None",
        ["preemptionPolicy"] = "Never",
        ["terminationMessagePath"] = "/tmp/log",
        ["terminationMessagePolicy"] = "FallbackToLogsOnError",
        ["scheme"] = "HTTPS",
        ["completionMode"] = "Indexed",
        ["podManagementPolicy"] = "Parallel",
        ["schedule"] = "0 3 * * *",
        ["clusterIP"] = "None",
        ["sessionAffinity"] = "ClientIP",
        ["externalTrafficPolicy"] = "Local",
        ["internalTrafficPolicy"] = "Local",
        ["minAvailable"] = "50%",
        ["maxUnavailable"] = "30%",
        ["maxSurge"] = "30%",
        ["host"] = "shop.example.com",
        ["pathType"] = "Exact",
        ["path"] = "/there",
        ["appProtocol"] = "grpc",
        ["targetPort"] = 8081,
        ["nodePort"] = 30080,
        ["hostPort"] = 8080,
        ["containerPort"] = 8443,
        ["defaultMode"] = 256,
        ["mode"] = 256,
        ["partition"] = 0,
        ["runAsNonRoot"] = true,
        ["allowPrivilegeEscalation"] = false,
        ["enableServiceLinks"] = false,
        ["automountServiceAccountToken"] = false,
        ["storageClassName"] = "fast",
        ["subPath"] = "part",
        ["subPathExpr"] = "$(POD)",
        ["concurrencyPolicy"] = "Forbid",
    };

    private static readonly string[] Wholes =
    [
        "replicas", "minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit", "number", "endPort", "initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold",
        "terminationGracePeriodSeconds", "runAsUser", "runAsGroup", "fsGroup", "supplementalGroups", "parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "priority",
        "tolerationSeconds", "weight", "maxSkew", "maxReplicas", "minReplicas", "targetCPUUtilizationPercentage", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit",
        "healthCheckNodePort", "port",
    ];

    private static readonly string[] Flags =
    [
        "paused", "stdin", "stdinOnce", "tty", "readOnly", "optional", "privileged", "readOnlyRootFilesystem", "hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "setHostnameAsFQDN", "immutable", "suspend",
        "manualSelector", "publishNotReadyAddresses", "allocateLoadBalancerNodePorts",
    ];

    private const string Deployment = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}}}""";
    private const string Service = """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"name":"n1","port":80}]}}""";

    public static SchemaDocument Of(string kind, string version, string path)
    {
        string api = version.StartsWith("core.", StringComparison.Ordinal) ? "v1" : version.StartsWith("networking.", StringComparison.Ordinal) ? "networking.k8s.io/v1" : version.Replace('.', '/');
        JsonObject root = Base(kind, api);
        Put(root, [.. path.Split('.')], 0, path);
        string beside = kind switch
        {
            "Service" or "NetworkPolicy" or "PodDisruptionBudget" or "HorizontalPodAutoscaler" => Deployment,
            "ServiceAccount" => Deployment.Replace("\"containers\":", "\"serviceAccountName\":\"web\",\"containers\":", StringComparison.Ordinal),
            "Ingress" => $"{Deployment}\n{Service}",
            "PersistentVolumeClaim" => Deployment.Replace("\"image\":\"web:1\"", "\"image\":\"web:1\",\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/v\"}]", StringComparison.Ordinal).Replace("\"containers\":", "\"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"data\"}}],\"containers\":", StringComparison.Ordinal),
            _ => "",
        };
        if (path == "metadata.namespace") beside = beside.Replace("\"metadata\":{\"name\":\"web\"}", "\"metadata\":{\"name\":\"web\",\"namespace\":\"n1\"}", StringComparison.Ordinal);
        return new(root, beside + "\n" + Beside(root, kind, path));
    }

    /// <summary>The same without what the path names.</summary>
    public string Without(string path)
    {
        JsonObject copy = _root.DeepClone().AsObject();
        JsonNode? at = copy;
        string[] parts = path.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            bool list = parts[i].EndsWith("[]", StringComparison.Ordinal);
            string name = (list ? parts[i][..^2] : parts[i]) is "<name>" ? "n1" : list ? parts[i][..^2] : parts[i];
            if (i == parts.Length - 1) at?.AsObject().Remove(at is JsonObject map && parts[i] == "<name>" && !map.ContainsKey("n1") ? map.Last().Key : name);
            else at = list ? at?[name]?[0] : at?[name];
        }
        return $"{copy.ToJsonString()}\n{_beside}";
    }

    private static JsonObject Base(string kind, string version)
    {
        const string template = """{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}""";
        const string job = """{"metadata":{"labels":{"app":"web"}},"spec":{"restartPolicy":"OnFailure","containers":[{"name":"web","image":"web:1"}]}}""";
        string body = kind switch
        {
            "Deployment" => """{"spec":{"selector":{"matchLabels":{"app":"web"}},"template":TEMPLATE}}""".Replace("TEMPLATE", template, StringComparison.Ordinal),
            "DaemonSet" or "StatefulSet" => """{"spec":{"selector":{"matchLabels":{"app":"web"}},"template":TEMPLATE}}""".Replace("TEMPLATE", template, StringComparison.Ordinal),
            "Job" => """{"spec":{"template":TEMPLATE}}""".Replace("TEMPLATE", job, StringComparison.Ordinal),
            "CronJob" => """{"spec":{"schedule":"1 2 * * *","jobTemplate":{"spec":{"template":TEMPLATE}}}}""".Replace("TEMPLATE", job, StringComparison.Ordinal),
            "Pod" => """{"spec":{"containers":[{"name":"web","image":"web:1"}]}}""",
            "Service" => """{"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""",
            "Ingress" => """{"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":80}}}}]}}]}}""",
            "ConfigMap" => """{"data":{"k":"v"}}""",
            "Secret" => """{"stringData":{"k":"v"}}""",
            "PersistentVolumeClaim" => """{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"]}}""",
            "HorizontalPodAutoscaler" => """{"spec":{"maxReplicas":9,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""",
            "NetworkPolicy" => """{"spec":{"podSelector":{"matchLabels":{"app":"web"}}}}""",
            "PodDisruptionBudget" => """{"spec":{"selector":{"matchLabels":{"app":"web"}}}}""",
            _ => "{}",
        };
        JsonObject root = JsonNode.Parse(body)!.AsObject();
        root["apiVersion"] = version;
        root["kind"] = kind;
        root["metadata"] ??= new JsonObject { ["name"] = "web" };
        return root;
    }

    private static void Put(JsonNode at, string[] parts, int index, string path)
    {
        string part = parts[index];
        bool list = part.EndsWith("[]", StringComparison.Ordinal);
        string name = list ? part[..^2] : part;
        if (name == "<name>") name = Name(path);
        bool last = index == parts.Length - 1;
        JsonObject map = at.AsObject();
        if (last)
        {
            JsonNode value = Leaf(path);
            map[name] = list ? new JsonArray(value) : value;
        }
        else if (list)
        {
            if (map[name] is not JsonArray { Count: > 0 } items) map[name] = items = [new JsonObject()];
            Put(items[0]!, parts, index + 1, path);
        }
        else
        {
            if (map[name] is not JsonObject inner) map[name] = inner = [];
            Put(inner, parts, index + 1, path);
        }
    }

    private static string Name(string path) =>
        path.Contains(".resources.requests", StringComparison.Ordinal) || path.Contains(".resources.limits", StringComparison.Ordinal) ? "memory"
        // Labels that a selector names must be those of the template.
        : path.Contains("selector.matchLabels", StringComparison.Ordinal) && !path.Contains("volumeClaimTemplates", StringComparison.Ordinal) || path.EndsWith("podSelector.matchLabels.<name>", StringComparison.Ordinal) && !path.Contains("ingress", StringComparison.Ordinal) && !path.Contains("egress", StringComparison.Ordinal) || path == "spec.selector.<name>" ? "app"
        : "n1";

    private static JsonNode Leaf(string path)
    {
        string last = path[(path.LastIndexOf('.') + 1)..].Replace("[]", "", StringComparison.Ordinal);
        if (last == "<name>") return Name(path) == "memory" ? "64Mi" : Name(path) == "app" ? "web" : path.Contains("overhead", StringComparison.Ordinal) ? "10m" : path.EndsWith("data.<name>", StringComparison.OrdinalIgnoreCase) && path != "stringData.<name>" ? "YWJj" : "n1";
        if (last == "operator") return "Exists";
        if (last == "key" && path.Contains("elector.matchExpressions", StringComparison.Ordinal)) return "app";
        if (last == "port" && path.Contains("httpGet", StringComparison.Ordinal)) return 8080;
        if (last == "type" && path.Contains("seccompProfile", StringComparison.Ordinal)) return "Localhost";
        if (last == "type" && path.Contains("hostPath", StringComparison.Ordinal)) return "DirectoryOrCreate";
        if (last == "type" && path == "spec.strategy.type") return "Recreate";
        if (last == "type" && path == "spec.updateStrategy.type") return "RollingUpdate";
        if (last == "type" && path == "spec.type") return "LoadBalancer";
        if (last == "restartPolicy") return "Never";
        if (path == "spec.template.spec.restartPolicy") return "Always";
        if (Wholes.Contains(last)) return path.EndsWith("ports[].port", StringComparison.Ordinal) && path.StartsWith("spec.ports", StringComparison.Ordinal) ? 81 : 3;
        if (Flags.Contains(last)) return true;
        return Values.TryGetValue(last, out JsonNode? value) ? value.DeepClone() : "n1";
    }

    // What must stand beside a path, in the document or as one of its own.
    private static string Beside(JsonObject root, string kind, string path)
    {
        JsonObject? pod = kind switch
        {
            "Pod" => root["spec"] as JsonObject,
            "CronJob" => root["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"] as JsonObject,
            _ => root["spec"]?["template"]?["spec"] as JsonObject,
        };
        if (pod is null) return BesideObject(root, kind, path);
        if (kind is "Deployment" or "StatefulSet" or "DaemonSet" && path.EndsWith("template.spec.restartPolicy", StringComparison.Ordinal)) pod["restartPolicy"] = "Always";
        foreach (JsonNode? container in pod["containers"]!.AsArray()) Complete(container!.AsObject(), pod, path);
        foreach (JsonNode? mount in pod["initContainers"]?[0]?["volumeMounts"] as JsonArray ?? [])
        {
            mount!["name"] ??= "n1";
            mount["mountPath"] ??= "/data";
            pod["volumes"] ??= new JsonArray(new JsonObject { ["name"] = "n1", ["emptyDir"] = new JsonObject() });
        }
        foreach (JsonNode? volume in pod["volumes"] as JsonArray ?? [])
        {
            volume!["name"] ??= "n1";
            if (volume["emptyDir"]?["sizeLimit"] is not null) volume["emptyDir"]!["medium"] ??= "Memory";
            if (volume["hostPath"] is JsonObject folder) folder["path"] ??= "/srv";
            if (volume["configMap"] is JsonObject config) config["name"] ??= "n1";
            if (volume["secret"] is JsonObject secret) secret["secretName"] ??= "n1";
            if (volume["persistentVolumeClaim"] is JsonObject claim) claim["claimName"] ??= "n1";
            foreach (string source in (string[])["configMap", "secret"])
            {
                if (volume[source]?["items"]?[0] is not JsonObject item) continue;
                item["key"] = "n1";
                item["path"] ??= "there";
            }
            if (pod["containers"]![0]!["volumeMounts"] is null) pod["containers"]![0]!["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = volume["name"]!.DeepClone(), ["mountPath"] = "/data" });
        }
        if (pod["hostAliases"]?[0] is JsonObject alias)
        {
            alias["ip"] ??= "10.0.0.1";
            alias["hostnames"] ??= new JsonArray("n1");
        }
        if (pod["dnsConfig"]?["options"]?[0] is JsonObject option) option["name"] ??= "ndots";
        if (pod["securityContext"]?["sysctls"]?[0] is JsonObject setting) setting["name"] ??= "kernel.shm_rmid_forced";
        if (path.EndsWith("fsGroup", StringComparison.Ordinal)) pod["volumes"] = new JsonArray(new JsonObject { ["name"] = "n1", ["emptyDir"] = new JsonObject() });
        if (path.EndsWith("securityContext.runAsGroup", StringComparison.Ordinal) && (pod["securityContext"] ?? pod["containers"]![0]!["securityContext"]) is { } rights) rights["runAsUser"] ??= 4;
        foreach (JsonNode? template in root["spec"]?["volumeClaimTemplates"] as JsonArray ?? [])
        {
            if (template!["metadata"] is not JsonObject metadata) template["metadata"] = metadata = [];
            metadata["name"] ??= "n1";
        }
        if (root["spec"] is JsonObject spec)
        {
            foreach (string selector in (string[])["selector"])
            {
                if (spec[selector]?["matchExpressions"]?[0] is JsonObject term && kind != "Pod") Term(term);
            }
            if (kind == "StatefulSet" && path is "spec.serviceName" or "spec.podManagementPolicy") spec["replicas"] = 2;
            if (kind == "Job" && path == "spec.parallelism") spec["completions"] = 3;
        }
        return """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n1"},"data":{"n1":"v"}}
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"n1"},"stringData":{"n1":"v"}}
            """;
    }

    private static void Term(JsonObject term)
    {
        term["key"] ??= "app";
        bool values = term["values"] is not null;
        term["operator"] = values ? "In" : "Exists";
        if (values) term["values"] = new JsonArray("web");
    }

    private static string BesideObject(JsonObject root, string kind, string path)
    {
        foreach (JsonObject? selector in (JsonObject?[])[root["spec"]?["selector"] as JsonObject, root["spec"]?["podSelector"] as JsonObject])
        {
            if (selector?["matchExpressions"]?[0] is JsonObject term && kind != "PersistentVolumeClaim") Term(term);
        }
        if (kind == "Service" && root["spec"]?["ports"]?[0] is JsonObject port)
        {
            port["port"] ??= 80;
            if (path == "spec.sessionAffinityConfig.clientIP.timeoutSeconds") root["spec"]!["sessionAffinity"] = "ClientIP";
        }
        if (kind == "Ingress")
        {
            foreach (JsonObject? backend in (JsonObject?[])[root["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backend"]!["service"] as JsonObject, root["spec"]!["defaultBackend"]?["service"] as JsonObject])
            {
                if (backend is null) continue;
                backend["name"] = "web";
                backend["port"] = path.EndsWith("port.name", StringComparison.Ordinal) ? new JsonObject { ["name"] = "n1" } : new JsonObject { ["number"] = 80 };
            }
        }
        if (kind == "HorizontalPodAutoscaler" && path.StartsWith("spec.scaleTargetRef", StringComparison.Ordinal)) root["spec"]!["minReplicas"] = 2;
        if (kind == "HorizontalPodAutoscaler") root["spec"]!["scaleTargetRef"] = JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}""");
        return "";
    }

    private static void Complete(JsonObject container, JsonObject pod, string path)
    {
        container["image"] ??= "web:1";
        container["name"] ??= "web";
        foreach (JsonNode? variable in container["env"] as JsonArray ?? [])
        {
            variable!["name"] ??= "N1";
            if (variable["valueFrom"] is not JsonObject from) continue;
            if (from["configMapKeyRef"] is JsonObject config) (config["name"], config["key"]) = (config["name"]?.DeepClone() ?? "n1", "n1");
            if (from["secretKeyRef"] is JsonObject secret) (secret["name"], secret["key"]) = (secret["name"]?.DeepClone() ?? "n1", "n1");
            if (from["fieldRef"] is JsonObject field) field["fieldPath"] ??= "metadata.name";
            if (from["resourceFieldRef"] is JsonObject resource) resource["resource"] ??= "limits.cpu";
        }
        foreach (JsonNode? all in container["envFrom"] as JsonArray ?? [])
        {
            if (all!["configMapRef"] is null && all["secretRef"] is null) all["configMapRef"] = new JsonObject { ["name"] = "n1" };
            if (all["configMapRef"] is JsonObject config) config["name"] ??= "n1";
            if (all["secretRef"] is JsonObject secret) secret["name"] ??= "n1";
        }
        foreach (JsonNode? port in container["ports"] as JsonArray ?? [])
        {
            port!["containerPort"] ??= 8080;
            if (port["hostIP"] is not null) port["hostPort"] ??= 8080;
        }
        if (container["readinessProbe"] is JsonObject ready)
        {
            if (ready["exec"] is null && ready["httpGet"] is null && ready["tcpSocket"] is null) ready["exec"] = new JsonObject { ["command"] = new JsonArray("true") };
            foreach (string way in (string[])["httpGet", "tcpSocket"])
            {
                if (ready[way] is JsonObject probe) probe["port"] ??= 8080;
            }
        }
        else if (container["startupProbe"] is not null) container["readinessProbe"] = new JsonObject { ["exec"] = new JsonObject { ["command"] = new JsonArray("true") } };
        if (container["lifecycle"]?["preStop"]?["exec"] is JsonObject exec) exec["command"] = new JsonArray("sleep", "7");
        foreach (JsonNode? mount in container["volumeMounts"] as JsonArray ?? [])
        {
            mount!["mountPath"] ??= "/data";
            mount["name"] ??= "n1";
            if (pod["volumes"] is not null) continue;
            pod["volumes"] = new JsonArray(new JsonObject
            {
                ["name"] = "n1",
                [mount["mountPropagation"] is not null ? "hostPath" : "persistentVolumeClaim"] = mount["mountPropagation"] is not null ? new JsonObject { ["path"] = "/srv" } : new JsonObject { ["claimName"] = "n1" },
            });
        }
        foreach (JsonNode? device in container["volumeDevices"] as JsonArray ?? [])
        {
            device!["name"] ??= "n1";
            device["devicePath"] ??= "/dev/xvda";
            pod["volumes"] ??= new JsonArray(new JsonObject { ["name"] = "n1", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = "n1" } });
        }
        _ = path;
    }
}
