using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>One revision of a workload as a Deployment: only what is ours, for a server-side apply. Pure.</summary>
internal static class DeploymentForm
{
    private const string Container = "main";

    /// <summary>What refuses the template on any Kubernetes; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        if (template.Image is null) return "the template has no image, and Kubernetes runs containers alone";
        if (template.Volumes is { Count: > 0 }) return "its volumes cannot be held here: a pod that moves to another node would find an empty one";
        if (template.Restart.Condition != RestartCondition.Always) return $"its restart condition is {template.Restart.Condition}, and a Deployment's pods are always started again";
        if (template.Container?.StopSignal is { } signal && signal is not ("SIGTERM" or "TERM" or "15")) return $"its stop signal {signal} cannot be sent: Kubernetes sends SIGTERM, or what the image says";
        return template.Container?.User is { } user && !user.Split(':').All(static part => part.Length > 0 && part.All(char.IsAsciiDigit)) ? $"its user '{user}' is a name, and Kubernetes takes numbers alone: write the user's id" : null;
    }

    /// <summary>Makes the Deployment; null with the rule that refuses.</summary>
    public static JsonObject? TryMake(string plane, KubernetesNames names, Assignment order, MaterialForm material, int replicas, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        if ((refusal = Violation(template)) is not null) return null;
        if (Variables(order, out refusal) is not { } variables) return null;
        PodForm form = PodForm.Of(template);
        string name = names.Deployment(order.Id, order.Revision, order.Workload);
        ContainerTemplate? container = template.Container;
        var main = new JsonObject
        {
            ["name"] = Container,
            ["image"] = template.Image,
            ["imagePullPolicy"] = "IfNotPresent",
            ["env"] = variables,
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
        };
        if (container?.Command is { Count: > 0 } command) main["command"] = List(command);
        if (container?.Arguments is { Count: > 0 } arguments) main["args"] = List(arguments);
        if (container?.WorkingDirectory is { } folder) main["workingDir"] = folder;
        if (form.Ports.Count > 0)
        {
            main["ports"] = new JsonArray([.. form.Ports.DistinctBy(static port => (port.Number, port.Protocol == PortProtocol.Udp))
                .Select(static port => new JsonObject { ["containerPort"] = port.Number, ["protocol"] = port.Protocol == PortProtocol.Udp ? "UDP" : "TCP" })]);
        }
        if (Resources(template.Resources) is { Count: > 0 } resources) main["resources"] = resources;
        if (Probe(template.HealthCheck, form, out refusal) is { } probe) main["readinessProbe"] = probe;
        if (refusal is not null) return null;
        JsonObject[] volumes = [.. Volumes(material, container)];
        if (volumes.Length > 0)
        {
            main["volumeMounts"] = new JsonArray([.. material.Files.Select(static file => new JsonObject { ["name"] = file.IsSecret ? "secrets" : "configs", ["mountPath"] = file.Target, ["subPath"] = file.Key, ["readOnly"] = true })]);
        }
        var pod = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["terminationGracePeriodSeconds"] = template.StopGraceSeconds,
            ["containers"] = new JsonArray(main),
        };
        if (volumes.Length > 0) pod["volumes"] = new JsonArray(volumes);
        if (User(container) is { } user) pod["securityContext"] = user;
        JsonObject annotations = KubernetesLabels.AnnotationsOf(plane, order), inside = KubernetesLabels.AnnotationsOf(plane, order);
        inside[KubernetesLabels.Form] = form.ToText();
        JsonObject labels = Labels(names, order, name);
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), ["labels"] = labels, ["annotations"] = annotations },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["revisionHistoryLimit"] = 1,
                ["progressDeadlineSeconds"] = 600,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [KubernetesLabels.Deployment] = name } },
                // Both are said: what a server fills in would stand in the way of another strategy for ever.
                ["strategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxSurge"] = 1, ["maxUnavailable"] = 0 } },
                ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone(), ["annotations"] = inside }, ["spec"] = pod },
            },
        };
    }

    /// <summary>The Service by which workloads of a namespace find each other; null without ports. It has no address of its own: names lead to the ready pods.</summary>
    public static JsonObject? Service(KubernetesNames names, Assignment order, IEnumerable<(string Name, string Uid)> owners)
    {
        PodForm form = PodForm.Of(order.Template);
        if (form.Ports.Count == 0) return null;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject
            {
                ["name"] = order.Workload.Name,
                ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace),
                ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Workload] = names.Workload(order.Workload) },
                ["ownerReferences"] = Owners(owners),
            },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = "None",
                ["selector"] = new JsonObject { [KubernetesLabels.Workload] = names.Workload(order.Workload) },
                ["ports"] = new JsonArray([.. form.Ports.DistinctBy(static port => (port.Number, port.Protocol == PortProtocol.Udp)).Select(static port => new JsonObject
                {
                    ["name"] = port.Name,
                    ["port"] = port.Number,
                    ["protocol"] = port.Protocol == PortProtocol.Udp ? "UDP" : "TCP",
                    ["targetPort"] = port.Number,
                })]),
            },
        };
    }

    /// <summary>By what an object goes with its Deployments.</summary>
    public static JsonArray Owners(IEnumerable<(string Name, string Uid)> deployments) =>
        new([.. deployments.Select(static one => new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = one.Name, ["uid"] = one.Uid })]);

    private static JsonObject Labels(KubernetesNames names, Assignment order, string name) => new()
    {
        [KubernetesLabels.Owner] = names.Owner(),
        [KubernetesLabels.Deployment] = name,
        [KubernetesLabels.Workload] = names.Workload(order.Workload),
    };

    // Kubernetes puts the value of each $(NAME) that stands before it in its place, and makes $$(NAME) the text $(NAME), as the plane promises.
    private static JsonArray? Variables(Assignment order, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        var list = new List<(string Name, JsonObject Value)>();
        PodForm form = PodForm.Of(template);
        for (int i = 0; i < form.Ports.Count; i++)
        {
            string number = form.Ports[i].Number.ToString(CultureInfo.InvariantCulture);
            if (i == 0) Set("PORT", number);
            Set("PORT_" + form.Ports[i].Name.Replace('-', '_').ToUpperInvariant(), number);
        }
        Set("FEDERATION_WORKLOAD", order.Workload.Name);
        Set("FEDERATION_NAMESPACE", order.Workload.Namespace);
        Set("FEDERATION_TENANT", order.Workload.Tenant.Value);
        Set("FEDERATION_CLUSTER", order.Cluster.Value);
        From("FEDERATION_NODE", "spec.nodeName");
        From("FEDERATION_REPLICA", "metadata.uid");
        Set("FEDERATION_REVISION", order.Revision.Value);
        Set("FEDERATION_CONFIGS", MaterialForm.Home + "/configs");
        Set("FEDERATION_SECRETS", MaterialForm.Home + "/secrets");
        refusal = null;
        foreach ((string name, string value) in (template.Environment ?? new Dictionary<string, string>()).Concat(template.Container?.Environment ?? new Dictionary<string, string>()))
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') || value.Contains('\0', StringComparison.Ordinal))
            {
                refusal = $"the environment variable '{name}' cannot be set: a name has letters, digits, '_', '.' and '-' and does not begin with a digit, and no value holds a zero byte";
                return null;
            }
            Set(name, value);
        }
        return new JsonArray([.. list.Select(static one => one.Value)]);

        // Two of one name could not be told apart by an apply.
        void Put(string name, JsonObject value)
        {
            list.RemoveAll(one => one.Name == name);
            list.Add((name, value));
        }

        void Set(string name, string value) => Put(name, new JsonObject { ["name"] = name, ["value"] = value });

        void From(string name, string path) => Put(name, new JsonObject { ["name"] = name, ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = path } } });
    }

    private static JsonObject? Resources(ResourceRequirements? wanted)
    {
        if (wanted is null) return null;
        var resources = new JsonObject();
        JsonObject requests = [], limits = [];
        if (wanted.Cpu.Value > 0) requests["cpu"] = string.Create(CultureInfo.InvariantCulture, $"{wanted.Cpu.Value}m");
        if (wanted.Memory.Value > 0) requests["memory"] = wanted.Memory.ToString();
        if (wanted.CpuLimit is { } cpu) limits["cpu"] = string.Create(CultureInfo.InvariantCulture, $"{cpu.Value}m");
        if (wanted.MemoryLimit is { } memory)
        {
            limits["memory"] = memory.ToString();
            // A limit alone would be taken for the request as well.
            if (wanted.Memory.Value == 0) requests["memory"] = "0";
        }
        if (wanted.CpuLimit is not null && wanted.Cpu.Value == 0) requests["cpu"] = "0";
        if (requests.Count > 0) resources["requests"] = requests;
        if (limits.Count > 0) resources["limits"] = limits;
        return resources;
    }

    // Without a check its first port must accept a connection, as everywhere.
    private static JsonObject? Probe(HealthCheck? check, PodForm form, out string? refusal)
    {
        refusal = null;
        string? wanted = check?.Http?.Port ?? check?.Tcp?.Port;
        PodPort? port = form.Ports.FirstOrDefault(port => wanted is null ? port.Protocol != PortProtocol.Udp : port.Name == wanted);
        if (port is null && (check?.Http ?? (object?)check?.Tcp) is not null)
        {
            refusal = wanted is null ? "the check needs a port, and the template has none" : $"the check names the port '{wanted}', which the template has not";
            return null;
        }
        JsonObject? probe = check switch
        {
            { Exec: { } exec } => new JsonObject { ["exec"] = new JsonObject { ["command"] = List(exec.Command) } },
            { Http: { } http } => new JsonObject { ["httpGet"] = new JsonObject { ["path"] = http.Path, ["port"] = port!.Number, ["scheme"] = "HTTP" } },
            _ when port is not null => new JsonObject { ["tcpSocket"] = new JsonObject { ["port"] = port.Number } },
            _ => null,
        };
        if (probe is null) return null;
        HealthCheck times = check ?? new HealthCheck();
        probe["periodSeconds"] = Math.Max(1, times.IntervalSeconds);
        probe["timeoutSeconds"] = Math.Max(1, times.TimeoutSeconds);
        probe["failureThreshold"] = Math.Max(1, times.FailureThreshold);
        return probe;
    }

    // A secret is its user's alone where the user is root; another user could not read what root alone may.
    private static IEnumerable<JsonObject> Volumes(MaterialForm material, ContainerTemplate? container)
    {
        bool root = container?.User is null or "0" or "0:0";
        if (material.Files.Any(static file => !file.IsSecret)) yield return new JsonObject { ["name"] = "configs", ["configMap"] = new JsonObject { ["name"] = material.ConfigMap, ["defaultMode"] = 0x124 } };
        if (material.Files.Any(static file => file.IsSecret)) yield return new JsonObject { ["name"] = "secrets", ["secret"] = new JsonObject { ["secretName"] = material.Secret, ["defaultMode"] = root ? 0x100 : 0x124 } };
    }

    private static JsonObject? User(ContainerTemplate? container)
    {
        if (container?.User is not { } user) return null;
        string[] parts = user.Split(':');
        var context = new JsonObject { ["runAsUser"] = long.Parse(parts[0], CultureInfo.InvariantCulture) };
        if (parts.Length > 1) context["runAsGroup"] = long.Parse(parts[1], CultureInfo.InvariantCulture);
        return context;
    }

    private static JsonArray List(IEnumerable<string> words) => new([.. words.Select(static word => JsonValue.Create(word))]);
}
