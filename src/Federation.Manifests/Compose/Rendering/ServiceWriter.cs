using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Compose.Values;

namespace Federation.Manifests.Compose.Rendering;

/// <summary>Writes one workload, with its routes, as a service: <see cref="Mapping.ServiceMapper"/>'s way back.</summary>
internal sealed partial class ServiceWriter
{
    private const string Template = "spec.template";
    private const string Container = "spec.template.container";
    private const string ForThePlane = "it stands in x-federation: the plane alone reads it";

    // Above those that need rights, and below the kernel's own for outgoing connections: what adapters give a port without a number.
    private const int FirstAssigned = 20_000;

    private static readonly ContainerTemplate Plain = new();

    private readonly StackDefinitions _definitions;
    private readonly Workload _workload;
    private readonly IReadOnlyList<Resource> _all;
    private readonly string _domain;
    private readonly PlacementPolicy? _policy;
    private readonly List<ComposeNote> _notes;
    private readonly List<ComposeNote> _refusals;
    private readonly WorkloadTemplate _template;
    private readonly ContainerTemplate _container;
    private readonly JsonObject _service = [];
    private readonly JsonObject _extension = [];
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    public ServiceWriter(StackDefinitions definitions, Workload workload, IReadOnlyList<Resource> all, string domain, PlacementPolicy? policy, List<ComposeNote> notes, List<ComposeNote> refusals)
    {
        (_definitions, _workload, _all, _domain, _policy, _notes, _refusals) = (definitions, workload, all, domain, policy, notes, refusals);
        _template = workload.Spec.Template;
        _container = _template.Container ?? Plain;
    }

    private WorkloadSpec Spec => _workload.Spec;

    /// <summary>The service.</summary>
    public JsonObject Write()
    {
        Put("image", _template.Image);
        if (_template.Image is null) Say($"{Template}.image", "there is none: an engine runs nothing of this service");
        WriteVariables();
        WriteProgram();
        WriteRights();
        WriteFiles();
        WriteMounts();
        WriteNetworks();
        WritePorts();
        WriteHealth();
        WriteDeploy();
        WriteTuning();
        WriteExtension();
        TellWhatStays();
        if (_extension.Count > 0) _service[ComposeKeys.Extension] = _extension;
        return _service;
    }

    private void Put(string path, JsonNode? value) => ComposeTexts.Put(_service, path, value);

    private void Say(string path, string reason) => _notes.Add(new(_workload, path, reason));

    private string Filled(string text, string path) =>
        ComposeTexts.Filled(text, _known, name => Say(path, $"the plane fills in $({name}); elsewhere it stays as it is written"));

    private void WriteVariables()
    {
        var environment = new JsonObject();
        for (int i = 0; i < (_template.Ports?.Count ?? 0); i++)
        {
            PortTemplate port = _template.Ports![i];
            string number = PortOf(i).ToString(CultureInfo.InvariantCulture), variable = "PORT_" + port.Name.Replace('-', '_').ToUpperInvariant();
            if (i == 0) _known["PORT"] = number;
            _known[variable] = number;
            // Who is not told a number learns it from a variable.
            if (port.ContainerPort is not null) continue;
            if (i == 0) environment["PORT"] = number;
            environment[variable] = number;
            Say(string.Create(CultureInfo.InvariantCulture, $"{Template}.ports[{i}].containerPort"), $"it is left to the cluster: the file says {number}, and {variable} tells the program");
        }
        foreach ((string name, string value) in _template.Environment ?? new Dictionary<string, string>()) Set(name, value, $"{Template}.environment[\"{name}\"]");
        foreach ((string name, string value) in _container.Environment ?? new Dictionary<string, string>()) Set(name, value, $"{Container}.environment[\"{name}\"]");
        if (environment.Count > 0) Put("environment", environment);

        void Set(string name, string value, string path) => environment[name] = _known[name] = Filled(value, path);
    }

    private void WriteProgram()
    {
        Put("entrypoint", ComposeTexts.List(_container.Command?.Select(text => Filled(text, $"{Container}.command"))));
        Put("command", ComposeTexts.List(_container.Arguments?.Select(text => Filled(text, $"{Container}.arguments"))));
        Put("working_dir", _container.WorkingDirectory);
        Put("user", _container.User);
        Put("group_add", ComposeTexts.List(_container.Groups));
        Put("hostname", _container.Hostname);
        Put("domainname", _container.DomainName);
        if (_container.Init is { } init) Put("init", init);
        if (_container.Terminal) Put("tty", true);
        if (_container.OpenInput) Put("stdin_open", true);
        Put("stop_signal", _container.StopSignal);
        if (_template.StopGraceSeconds != new WorkloadTemplate().StopGraceSeconds) Put("stop_grace_period", ComposeTexts.Seconds(_template.StopGraceSeconds));
        Put("platform", _container.Platform);
        Put("runtime", _container.Runtime);
        Put("isolation", _container.Isolation);
        Put("logging.driver", _container.Logging?.Driver);
        Put("logging.options", ComposeTexts.Map(_container.Logging?.Options));
        Put("labels", ComposeTexts.Map(_container.Labels));
        Put("annotations", ComposeTexts.Map(_template.Annotations));
        // That something is said of it, though nothing else than what is usual, stays.
        if (_template.Container is not null && _container == Plain) Put("tty", false);
    }

    private void WriteRights()
    {
        if (_container.ReadOnly) Put("read_only", true);
        if (_container.Privileged) Put("privileged", true);
        Put("cap_add", ComposeTexts.List(_container.CapAdd));
        Put("cap_drop", ComposeTexts.List(_container.CapDrop));
        Put("security_opt", ComposeTexts.List(_container.SecurityOptions));
        Put("sysctls", ComposeTexts.Map(_container.Sysctls));
        foreach (Ulimit limit in _container.Ulimits ?? []) Member("ulimits")[limit.Name] = limit.Soft == limit.Hard ? JsonValue.Create(limit.Soft) : new JsonObject { ["soft"] = limit.Soft, ["hard"] = limit.Hard };
        if (_container.SharedMemory is { } shared) Put("shm_size", ComposeTexts.Size(shared.Value));
        Put("devices", ComposeTexts.List((_container.Devices ?? []).Select(static device => string.Join(':', ((string?[])[device.Source, device.Path, device.Permissions]).OfType<string>()))));
        Put("device_cgroup_rules", ComposeTexts.List(_container.DeviceRules));
        foreach (HostAddress host in _container.ExtraHosts ?? [])
        {
            if (Member("extra_hosts")[host.Host] is not JsonArray addresses) Member("extra_hosts")[host.Host] = addresses = [];
            addresses.Add((JsonNode)host.Address);
        }
        Put("dns", ComposeTexts.List(_container.Dns));
        Put("dns_search", ComposeTexts.List(_container.DnsSearch));
        Put("dns_opt", ComposeTexts.List(_container.DnsOptions));
        foreach ((string space, string with) in _container.Namespaces ?? new Dictionary<string, string>())
        {
            string? key = space switch { "ipc" or "pid" or "uts" or "cgroup" => space, "user" => "userns_mode", "network" => "network_mode", _ => null };
            if (key is not null) Put(key, with);
            else Say($"{Container}.namespaces.{space}", "a Compose file has no word for this name space");
        }
    }

    private JsonObject Member(string key)
    {
        if (_service[key] is not JsonObject member) _service[key] = member = [];
        return member;
    }

    private void WriteNetworks()
    {
        for (int i = 0; i < (_container.Networks?.Count ?? 0); i++)
        {
            NetworkAttachment network = _container.Networks![i];
            var attachment = new JsonObject();
            ComposeTexts.Put(attachment, "aliases", ComposeTexts.List(network.Aliases));
            ComposeTexts.Put(attachment, "ipv4_address", network.Ipv4Address);
            ComposeTexts.Put(attachment, "ipv6_address", network.Ipv6Address);
            ComposeTexts.Put(attachment, "link_local_ips", ComposeTexts.List(network.LinkLocalAddresses));
            ComposeTexts.Put(attachment, "mac_address", network.MacAddress);
            ComposeTexts.Put(attachment, "interface_name", network.Interface);
            ComposeTexts.Put(attachment, "driver_opts", ComposeTexts.Map(network.Options));
            if (network.Priority != 0) attachment["priority"] = network.Priority;
            if (network.GatewayPriority != 0) attachment["gw_priority"] = network.GatewayPriority;
            Member("networks")[_definitions.NetworkOf(_workload, string.Create(CultureInfo.InvariantCulture, $"{Container}.networks[{i}]"), network)] = attachment;
        }
    }

    private void WriteHealth()
    {
        if (_container.NoHealthCheck) Put("healthcheck.disable", true);
        if (_template.HealthCheck is not { } check) return;
        if (check.Exec is not { } exec)
        {
            _extension["healthCheck"] = ComposeTexts.Json(check);
            Say($"{Template}.healthCheck", $"a Compose file asks by a command alone; {ForThePlane}");
            return;
        }
        string[] command = [.. exec.Command.Select(Ports)];
        Put("healthcheck.test", command is ["/bin/sh", "-c", var line] ? ComposeTexts.List(["CMD-SHELL", line]) : ComposeTexts.List(["CMD", .. command]));
        double period = EngineCheck.PeriodOf(check);
        if (period < 0)
        {
            _extension["healthCheck"] = ComposeTexts.Json(check);
            Say($"{Template}.healthCheck.startSeconds", $"an engine bears as many failures in any case; {ForThePlane}");
        }
        else if (period > 0 || check.StartSeconds != EngineCheck.GivenUpAfter(null, check.FailureThreshold, check.IntervalSeconds)) Put("healthcheck.start_period", ComposeTexts.Seconds(period));
        if (check.IntervalSeconds != EngineCheck.IntervalSeconds) Put("healthcheck.interval", ComposeTexts.Seconds(check.IntervalSeconds));
        if (check.TimeoutSeconds != EngineCheck.TimeoutSeconds) Put("healthcheck.timeout", ComposeTexts.Seconds(check.TimeoutSeconds));
        if (check.FailureThreshold != EngineCheck.Retries) Put("healthcheck.retries", check.FailureThreshold);

        // A shell has $( ... ) of its own: the plane's variables alone are filled in.
        string Ports(string text)
        {
            foreach ((string name, string value) in _known)
                if (name.StartsWith("PORT", StringComparison.Ordinal)) text = text.Replace($"$({name})", value, StringComparison.Ordinal);
            return text;
        }
    }

    private void WriteExtension()
    {
        if (_template.Process is { } process) Extend("process", ComposeTexts.Json(process), $"{Template}.process");
        Extend("imagePullSecrets", ComposeTexts.Json(_template.ImagePullSecrets), $"{Template}.imagePullSecrets");
        if (_template.DrainSeconds != new WorkloadTemplate().DrainSeconds) Extend("drainSeconds", _template.DrainSeconds, $"{Template}.drainSeconds");
        if (Spec.Singleton) Extend("singleton", true, "spec.singleton");
        Extend("failover", ComposeTexts.Json(Spec.Failover), "spec.failover");
        Extend("disruption", ComposeTexts.Json(Spec.Disruption), "spec.disruption");
        if (Spec.Pins is { Count: > 0 } pins)
        {
            Extend("clusters", new JsonObject(pins.Select(static pin =>
            {
                var one = new JsonObject();
                if (pin.AtLeast is { } least) one["atLeast"] = least;
                if (pin.AtMost is { } most) one["atMost"] = most;
                return KeyValuePair.Create<string, JsonNode?>(pin.Cluster, one);
            })), "spec.pins");
        }
        WritePlacement();
    }

    private void Extend(string key, JsonNode? value, string path)
    {
        if (value is null) return;
        _extension[key] = value;
        Say(path, ForThePlane);
    }

    private void WritePlacement()
    {
        if (Spec.Placement is { } placement) Extend("placement", ComposeTexts.Json(placement), "spec.placement");
        else if (Spec.PlacementPolicy is { } name && name != _policy?.Metadata.Name)
        {
            if (_all.OfType<PlacementPolicy>().FirstOrDefault(policy => policy.Metadata.Name == name) is { } found) Extend("placement", ComposeTexts.Json(found.Spec), "spec.placementPolicy");
            else Extend("placementPolicy", name, "spec.placementPolicy");
        }
    }

    private void TellWhatStays()
    {
        var usual = new RestartPolicy();
        double pause = _template.Restart.BackoffSeconds > 60 ? _template.Restart.BackoffSeconds : usual.MaxBackoffSeconds;
        if (_template.Restart.MaxBackoffSeconds != pause) Say($"{Template}.restart.maxBackoffSeconds", "a Compose file has one pause between starts");
        if (Spec.RevisionHistoryLimit != new WorkloadSpec().RevisionHistoryLimit) Say("spec.revisionHistoryLimit", "a Compose file says nothing of it");
        if (_container.Kubernetes is not { } fields) return;
        foreach (string path in (fields.Needed ?? new Dictionary<string, string>()).Keys.Order(StringComparer.Ordinal))
            _refusals.Add(new(_workload, $"{Container}.kubernetes.needed[\"{path}\"]", "the program would be another without it, and Kubernetes clusters alone know it"));
        foreach (string path in (fields.Extra ?? new Dictionary<string, string>()).Keys.Where(static path => path != "container.name").Order(StringComparer.Ordinal)) Say($"{Container}.kubernetes.extra[\"{path}\"]", "it is for Kubernetes clusters alone");
        if (fields.Kind is not null) Say($"{Container}.kubernetes.kind", "it is for Kubernetes clusters alone");
    }
}
