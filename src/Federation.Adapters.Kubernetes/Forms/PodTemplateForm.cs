using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Resources.Rules;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>The template of an order's pods, whatever makes them: what the neutral template says, before carried fields are laid in. Pure.</summary>
internal static class PodTemplateForm
{
    /// <summary>The name of the container that runs the image, where no carried field gives it another.</summary>
    public const string Container = "main";

    private static readonly string[] Shared = ["network", "pid", "ipc"];

    /// <summary>What refuses the template on any Kubernetes; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        if (template.Image is null) return "the template has no image, and Kubernetes runs containers alone";
        ContainerTemplate? container = template.Container;
        if (container?.StopSignal is { } signal && signal is not ("SIGTERM" or "TERM" or "15")) return $"its stop signal {signal} cannot be sent: Kubernetes sends SIGTERM, or what the image says";
        if (container?.User is { } user && !user.Split(':').All(IsKnown)) return $"its user '{user}' is a name, and Kubernetes takes numbers alone: write the user's id";
        if (container?.Groups?.FirstOrDefault(static group => !IsKnown(group)) is { } named) return $"its group '{named}' is a name, and Kubernetes takes numbers alone: write the group's id";
        if (container?.Hostname is { } hostname && HostSyntax.Violation(OwnName(hostname)) is not null) return $"its host name '{hostname}' does not begin with lower-case letters, digits and '-', at most 63 of them, which is what Kubernetes takes";
        foreach ((string space, string with) in container?.Namespaces ?? new Dictionary<string, string>())
            if (!Shared.Contains(space, StringComparer.Ordinal) || with != "host") return $"it is to share the name space {space} with {with}; Kubernetes shares network, pid and ipc with the host alone";
        if (container?.ExtraHosts?.FirstOrDefault(static host => host.Address == "host-gateway") is { } gateway) return $"the name {gateway.Host} is to lead to the machine that the replica is on, whose address a pod is not told";
        return MountForm.Violation(container);
    }

    /// <summary>Makes it; null with the rule that refuses.</summary>
    /// <param name="plane">Whose it is.</param>
    /// <param name="names">How things are named.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="labels">The marks by which its pods are found.</param>
    /// <param name="material">Its files.</param>
    /// <param name="refusal">Why it cannot be made.</param>
    public static JsonObject? TryMake(string plane, KubernetesNames names, Assignment order, JsonObject labels, MaterialForm material, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        if ((refusal = Violation(template)) is not null) return null;
        if (Variables(order, out refusal) is not { } variables) return null;
        PodForm form = PodForm.Of(template);
        ContainerTemplate? container = template.Container;
        var main = new JsonObject
        {
            ["name"] = Container,
            ["image"] = template.Image,
            ["imagePullPolicy"] = "IfNotPresent",
            ["env"] = variables,
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
        };
        if (container?.Command is { Count: > 0 } command) main["command"] = List(command.Select(DollarText.Of));
        if (container?.Arguments is { Count: > 0 } arguments) main["args"] = List(arguments.Select(DollarText.Of));
        if (container?.WorkingDirectory is { } folder) main["workingDir"] = folder;
        if (container is { Terminal: true }) main["tty"] = true;
        if (container is { OpenInput: true }) main["stdin"] = true;
        if (Ports(template, form) is { Count: > 0 } ports) main["ports"] = ports;
        if (Resources(template.Resources) is { Count: > 0 } resources) main["resources"] = resources;
        if (Probe(template.HealthCheck, form, out refusal) is { } probe) main["readinessProbe"] = probe;
        if (refusal is not null) return null;
        (JsonArray volumes, JsonArray mounts) = MountForm.Of(template, material);
        if (mounts.Count > 0) main["volumeMounts"] = mounts;
        if (Rights(container) is { Count: > 0 } rights) main["securityContext"] = rights;
        var spec = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["terminationGracePeriodSeconds"] = template.StopGraceSeconds,
            ["containers"] = new JsonArray(main),
        };
        if (volumes.Count > 0) spec["volumes"] = volumes;
        if (material.Logins.Any()) spec["imagePullSecrets"] = new JsonArray([.. material.Logins.Select(static name => new JsonObject { ["name"] = name })]);
        LayNames(container, spec);
        LayMachine(container, spec);
        if ((refusal = NodeTermsForm.Lay(template, names.Workload(order.Workload), spec)) is not null) return null;
        JsonObject notes = KubernetesLabels.AnnotationsOf(plane, order);
        notes[KubernetesLabels.Form] = form.ToText();
        JsonObject marks = (JsonObject)labels.DeepClone();
        foreach (string service in BesideForm.ServicesOf(template)) marks[KubernetesLabels.Service(service)] = KubernetesLabels.Selected;
        NetworkForm.Mark(template, marks);
        Notes(template.Annotations, notes, notes);
        Notes(container?.Labels, marks, notes);
        return new JsonObject { ["metadata"] = new JsonObject { ["labels"] = marks, ["annotations"] = notes }, ["spec"] = spec };
    }

    /// <summary>
    /// Adds a user's labels to ours, whose place they cannot take. What is no label in Kubernetes, as engines have them, becomes an annotation; what has no such name either
    /// is left out.
    /// </summary>
    public static void Notes(IReadOnlyDictionary<string, string>? theirs, JsonObject labels, JsonObject annotations)
    {
        bool asAnnotations = ReferenceEquals(labels, annotations);
        foreach ((string key, string value) in theirs ?? new Dictionary<string, string>())
        {
            if (LabelSyntax.KeyViolation(key) is not null || KubernetesLabels.IsOurs(key)) continue;
            JsonObject into = asAnnotations || LabelSyntax.ValueViolation(value) is not null ? annotations : labels;
            if (!into.ContainsKey(key)) into[key] = value;
        }
    }

    private static JsonArray Ports(WorkloadTemplate template, PodForm form)
    {
        var ports = new JsonArray();
        var told = new HashSet<(int, bool)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < form.Ports.Count; i++)
        {
            PodPort port = form.Ports[i];
            bool datagrams = port.Protocol == PortProtocol.Udp;
            if (!told.Add((port.Number, datagrams))) continue;
            var one = new JsonObject { ["containerPort"] = port.Number, ["protocol"] = datagrams ? "UDP" : "TCP" };
            if (IsPortName(port.Name) && names.Add(port.Name)) one["name"] = port.Name;
            if (template.Ports![i] is { PublishedPort: { } outside, Publish: PublishMode.Host } published)
            {
                one["hostPort"] = outside;
                if (published.PublishedAddress is { } address) one["hostIP"] = address;
            }
            ports.Add((JsonNode)one);
        }
        return ports;
    }

    // As RFC 6335 has names of services: probes and Services that are carried may name a port.
    private static bool IsPortName(string name) =>
        name.Length is > 0 and <= 15 && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name.Any(char.IsAsciiLetterLower) && name[0] != '-' && name[^1] != '-'
        && !name.Contains("--", StringComparison.Ordinal);

    private static JsonObject Rights(ContainerTemplate? container)
    {
        var context = new JsonObject();
        if (container?.User is { } user)
        {
            string[] parts = user.Split(':');
            context["runAsUser"] = NumberOf(parts[0]);
            if (parts.Length > 1) context["runAsGroup"] = NumberOf(parts[1]);
        }
        if (container is { ReadOnly: true }) context["readOnlyRootFilesystem"] = true;
        if (container is { Privileged: true }) context["privileged"] = true;
        if (container?.SecurityOptions is { } options && options.Any(SecurityOption.IsNoNewPrivileges)) context["allowPrivilegeEscalation"] = false;
        var capabilities = new JsonObject();
        if (container?.CapAdd is { Count: > 0 } add) capabilities["add"] = List(add.Select(LinuxCapabilities.Plain));
        if (container?.CapDrop is { Count: > 0 } drop) capabilities["drop"] = List(drop.Select(LinuxCapabilities.Plain));
        if (capabilities.Count > 0) context["capabilities"] = capabilities;
        return context;
    }

    private static void LayNames(ContainerTemplate? container, JsonObject spec)
    {
        if (container?.Hostname is { } hostname) spec["hostname"] = OwnName(hostname);
        if (container?.ExtraHosts is { Count: > 0 } hosts)
        {
            spec["hostAliases"] = new JsonArray([.. hosts.GroupBy(static host => host.Address, StringComparer.Ordinal)
                .Select(static group => new JsonObject { ["ip"] = group.Key, ["hostnames"] = List(group.Select(static host => host.Host)) })]);
        }
        var names = new JsonObject();
        if (container?.Dns is { Count: > 0 } servers) names["nameservers"] = List(servers);
        if (container?.DnsSearch is { Count: > 0 } domains) names["searches"] = List(domains);
        if (container?.DnsOptions is { Count: > 0 } options)
        {
            names["options"] = new JsonArray([.. options.Select(static option => option.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
                ? new JsonObject { ["name"] = option[..colon], ["value"] = option[(colon + 1)..] }
                : new JsonObject { ["name"] = option })]);
        }
        if (names.Count > 0) spec["dnsConfig"] = names;
        // They stand in place of the cluster's.
        if (container?.Dns is { Count: > 0 }) spec["dnsPolicy"] = "None";
    }

    private static void LayMachine(ContainerTemplate? container, JsonObject spec)
    {
        var context = new JsonObject();
        if (container?.Groups is { Count: > 0 } groups) context["supplementalGroups"] = new JsonArray([.. groups.Select(static group => JsonValue.Create(NumberOf(group)))]);
        if (container?.Sysctls is { Count: > 0 } settings)
            context["sysctls"] = new JsonArray([.. settings.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => new JsonObject { ["name"] = one.Key, ["value"] = one.Value })]);
        if (context.Count > 0) spec["securityContext"] = context;
        foreach (string space in container?.Namespaces?.Keys ?? [])
        {
            spec[space switch { "network" => "hostNetwork", "pid" => "hostPID", _ => "hostIPC" }] = true;
            // On the machine's network the cluster's names are found by this policy alone.
            if (space == "network" && !spec.ContainsKey("dnsPolicy")) spec["dnsPolicy"] = "ClusterFirstWithHostNet";
        }
    }

    // A pod's name for itself is one label.
    private static string OwnName(string hostname) => hostname.Split('.')[0];

    // The one user and group that have the same number in every image.
    private static bool IsKnown(string text) => text == "root" || IsNumber(text);

    private static long NumberOf(string text) => text == "root" ? 0 : long.Parse(text, CultureInfo.InvariantCulture);

    private static bool IsNumber(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

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
        From(OwnVariable.Name, "metadata.uid");
        Set("FEDERATION_REVISION", order.Revision.Value);
        Set("FEDERATION_CONFIGS", MaterialForm.Home + "/configs");
        Set("FEDERATION_SECRETS", MaterialForm.Home + "/secrets");
        var volumes = new HashSet<string>(StringComparer.Ordinal);
        foreach (VolumeReference volume in template.Volumes ?? [])
            if (MountForm.PathOf(template, volume) is { } path && volumes.Add(volume.Name)) Set("FEDERATION_VOLUME_" + volume.Name.Replace('-', '_').ToUpperInvariant(), path);
        refusal = null;
        foreach ((string name, string value) in (template.Environment ?? new Dictionary<string, string>()).Concat(template.Container?.Environment ?? new Dictionary<string, string>()))
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') || value.Contains('\0', StringComparison.Ordinal))
            {
                refusal = $"the environment variable '{name}' cannot be set: a name has letters, digits, '_', '.' and '-' and does not begin with a digit, and no value holds a zero byte";
                return null;
            }
            Set(name, DollarText.Of(value));
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

    private static JsonArray List(IEnumerable<string> words) => new([.. words.Select(static word => JsonValue.Create(word))]);
}
