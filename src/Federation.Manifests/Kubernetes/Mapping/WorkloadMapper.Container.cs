using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Kubernetes.Values;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <content>What one replica runs, with what rights and limits, and how it is checked.</content>
internal sealed partial class WorkloadMapper
{
    private const string NoAlone = "other clusters run one container a replica";

    // What a probe has that does not say otherwise: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
    private const long UsualPeriod = 10, UsualTimeout = 1, UsualFailures = 3;
    private long? _runsAs;

    private void Put(string field, JsonNode? value, ManifestView from) => Draft.Set($"{Container}.{field}", value, from.Place);

    private void MapContainers()
    {
        IReadOnlyList<ManifestView> containers = _pod["containers"].Items;
        ManifestView main = Main;
        if (main["image"].Text is not { Length: > 0 })
        {
            main["image"].Refuse("the field is required", "write image: IMAGE");
            Draft.Set($"{Template}.image", "none", main.Place);
        }
        else Draft.Set($"{Template}.image", main["image"].Text, main["image"].Place);
        if (main["name"].Text is not { Length: > 0 }) main["name"].Refuse("the field is required", "write name: NAME");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ManifestView container in containers.Concat(_pod["initContainers"].Items))
        {
            if (container["name"].Text is { } name && !names.Add(name)) container["name"].Refuse("a container's name is unique in its pod", "change one");
        }
        Draft.Set($"{Container}.command", [.. main["command"].Texts.Select(Meant)], main["command"].Place);
        Draft.Set($"{Container}.arguments", [.. main["args"].Texts.Select(Meant)], main["args"].Place);
        Put("workingDirectory", main["workingDir"].Text, main["workingDir"]);
        if (main["stdin"].Flag == true) Put("openInput", true, main["stdin"]);
        if (main["tty"].Flag == true) Put("terminal", true, main["tty"]);
        Put("stopSignal", main["lifecycle"]["stopSignal"].Text, main["lifecycle"]["stopSignal"]);
        if (containers.Count > 1)
        {
            var others = new JsonArray([.. containers.Where((_, index) => index != _main).Select(static container => container.Json)]);
            ManifestView first = containers.First(container => container.Place.Path != main.Place.Path);
            Keep("pod.spec.containers", others, first, NoAlone);
        }
        ManifestView before = _pod["initContainers"];
        if (before.Items.Count > 0) Keep("pod.spec.initContainers", before.Json, before, "elsewhere nothing runs before a replica");
        foreach (ManifestView container in containers.Where((_, index) => index != _main).Concat(before.Items)) Refer(container);
    }

    // What containers beside the main one read is made known to the clusters that run them.
    private void Refer(ManifestView container)
    {
        foreach (ManifestView variable in container["env"].Items)
        {
            ManifestView from = variable["valueFrom"];
            if (from["configMapKeyRef"]["name"] is { Text: { } config } inConfig) Reference("configs", config, inConfig, from["configMapKeyRef"]["optional"]);
            if (from["secretKeyRef"]["name"] is { Text: { } secret } inSecret) Reference("secrets", secret, inSecret, from["secretKeyRef"]["optional"]);
        }
        foreach (ManifestView all in container["envFrom"].Items)
        {
            if (all["configMapRef"]["name"] is { Text: { } config } inConfig) Reference("configs", config, inConfig, all["configMapRef"]["optional"]);
            if (all["secretRef"]["name"] is { Text: { } secret } inSecret) Reference("secrets", secret, inSecret, all["secretRef"]["optional"]);
        }
    }

    // A Config or Secret of which a carried field makes use: it is handed to the cluster, and lies in no folder.
    // What may be missing, and is not among the files, is for the cluster to look for: nothing waits for it.
    private void Reference(string section, string name, ManifestView from, ManifestView optional)
    {
        if (optional.Flag == true && _set.Find(section == "secrets" ? "Secret" : "ConfigMap", Object.Namespace, name) is null) return;
        string resource = ManifestSet.NameOf(name), list = $"{Template}.{section}";
        if (Draft.List(list)?.Any(item => item!["name"]!.GetValue<string>() == resource) == true) return;
        Draft.Add(list, new() { ["name"] = resource, ["files"] = new JsonArray() }, from.Place);
    }

    private void MapEnvironment()
    {
        var kept = new JsonArray();
        var keptAll = new JsonArray();
        ManifestView main = Main;
        // Of what several say the last counts: once one is carried all are, and their order with them.
        bool carried = main["envFrom"].Items.Any(all => Known(all["configMapRef"]) is null);
        foreach (ManifestView all in main["envFrom"].Items) MapAll(all, carried, keptAll);
        foreach (ManifestView variable in main["env"].Items)
        {
            if (variable["name"].Text is not { Length: > 0 } name)
            {
                variable["name"].Refuse("a variable has a name", "write name: NAME");
                continue;
            }
            ManifestView from = variable["valueFrom"], config = from["configMapKeyRef"], secret = from["secretKeyRef"];
            // A later one stands in the place of an earlier one.
            kept.RemoveAll(earlier => (string?)earlier!["name"] == name);
            if (from.IsThere && variable["value"].Text is { Length: > 0 }) variable["value"].Refuse("value and valueFrom exclude each other", "keep one of them");
            else if (!from.IsThere) Draft.Put($"{Template}.environment", name, Meant(variable["value"].Text ?? ""), variable.Place);
            else if (config.IsThere && Known(config) is { } material) MapKey(name, config, material);
            else
            {
                (Draft.Find($"{Template}.environment") as JsonObject)?.Remove(name);
                kept.Add(variable.Json);
                ManifestView source = from.Members.FirstOrDefault().Value;
                (source.IsThere ? source : from).Warn(KeptRule(config.IsThere ? "the ConfigMap is not among the files, and elsewhere a Config is files alone" : secret.IsThere ? "elsewhere no secret is put into a variable; mount it as a file to run everywhere"
                    : from["fieldRef"].IsThere ? "elsewhere a replica is told about itself by variables named FEDERATION_..." : "elsewhere no variable says this"));
                if (config["name"] is { Text: { } inConfig } c) Reference("configs", inConfig, c, config["optional"]);
                if (secret["name"] is { Text: { } inSecret } s) Reference("secrets", inSecret, s, secret["optional"]);
            }
        }
        if (kept.Count > 0) Need("container.env", kept, main["env"]);
        if (keptAll.Count > 0) Need("container.envFrom", keptAll, main["envFrom"]);
    }

    private Material? Known(ManifestView reference) => reference["name"].Text is { Length: > 0 } name ? _set.Find("ConfigMap", Object.Namespace, name) : null;

    // In Kubernetes every '$$' is one '$'; in the plane only one before '(' needs a second.
    private static string Meant(string text)
    {
        if (!text.Contains("$$", StringComparison.Ordinal)) return text;
        var meant = new System.Text.StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = text[i] == '$' && i + 1 < text.Length && text[i + 1] == '$';
            meant.Append(pair && i + 2 < text.Length && text[i + 2] == '(' ? "$$" : text[i].ToString());
            if (pair) i++;
        }
        return meant.ToString();
    }

    // Its text is meant as it stands, and refers to no variable.
    private static string Literal(string text) => text.Replace("$(", "$$(", StringComparison.Ordinal);

    private void MapKey(string variable, ManifestView config, Material material)
    {
        string key = config["key"].Text ?? "";
        if (!material.Keys.TryGetValue(key, out string? value))
        {
            if (config["optional"].Flag == true) config.Warn($"ConfigMap {config["name"].Text} has no key of that name: the variable {variable} is left out");
            else config["key"].Refuse($"ConfigMap {config["name"].Text} has no key of that name", material.Keys.Count > 0 ? $"it has {string.Join(", ", material.Keys.Keys.Take(20))}" : "it is empty");
        }
        else if (value is null) config["key"].Refuse("the key holds bytes, and no text for a variable", "mount it as a file");
        else Draft.Put($"{Template}.environment", variable, Literal(value), config.Place);
    }

    private void MapAll(ManifestView all, bool carried, JsonArray kept)
    {
        ManifestView config = all["configMapRef"], secret = all["secretRef"];
        if (config.IsThere == secret.IsThere) all.Refuse("it names either a configMapRef or a secretRef", "write configMapRef: { name: NAME }");
        else if (!carried && Known(config) is { } material)
        {
            foreach ((string key, string? value) in material.Keys)
            {
                string name = (all["prefix"].Text ?? "") + key;
                if (value is null) continue;
                if (VariableName().IsMatch(name)) Draft.Put($"{Template}.environment", name, Literal(value), config.Place);
                else config.Warn($"the key {(key.Length > 63 ? key[..63] + "..." : key)} is no name of a variable, and is left out");
            }
        }
        else
        {
            kept.Add(all.Json);
            if (Known(config) is null) (config.IsThere ? config : secret).Warn(KeptRule(config.IsThere ? "the ConfigMap is not among the files, and elsewhere a Config is files alone" : "elsewhere no secret is put into a variable; mount it as a file to run everywhere"));
            if (config["name"] is { Text: { } inConfig } c) Reference("configs", inConfig, c, config["optional"]);
            if (secret["name"] is { Text: { } inSecret } s) Reference("secrets", inSecret, s, secret["optional"]);
        }
    }

    [GeneratedRegex(@"^[-._a-zA-Z][-._a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    private void MapResources()
    {
        ManifestView resources = Main["resources"];
        foreach (string part in (string[])["requests", "limits"])
        {
            var others = new JsonObject();
            foreach ((string name, ManifestView amount) in resources[part].Members)
            {
                bool limit = part == "limits";
                if (name == "cpu") MapAmount(limit, "cpu", amount, static text => (Quantity.CpuMillis(text) is > 0 and var millis) ? new CpuMillis(millis).ToString() : null);
                else if (name == "memory") MapAmount(limit, "memory", amount, static text => (Quantity.Bytes(text) is > 0 and var bytes) ? new MemoryBytes(bytes).ToString() : null);
                else if (name == "ephemeral-storage")
                {
                    Carry($"container.resources.{part}.ephemeral-storage", amount.Json, amount);
                    amount.Warn(CarriedRule("elsewhere the disk has no limit"));
                }
                else
                {
                    others[name] = amount.Json;
                    amount.Warn(KeptRule("elsewhere nodes do not offer it by that name"));
                }
            }
            if (others.Count > 0) Need($"container.resources.{part}", others, resources[part]);
        }
    }

    private void MapAmount(bool limit, string field, ManifestView amount, Func<string, string?> read)
    {
        try
        {
            if (read(amount.Text ?? "") is not { } value) return;
            Draft.Set($"{Template}.resources.{field}{(limit ? "Limit" : "")}", value, amount.Place);
            // What has a limit and no request asks for as much.
            if (limit && !Main["resources"]["requests"][field].IsThere) Draft.Set($"{Template}.resources.{field}", value, amount.Place);
        }
        catch (FormatException e)
        {
            amount.Refuse(e.Message);
        }
    }

    private void MapProbes()
    {
        ManifestView ready = Main["readinessProbe"], startup = Main["startupProbe"], alive = Main["livenessProbe"];
        if (!ready.IsThere) return;
        string health = $"{Template}.healthCheck";
        ManifestView http = ready["httpGet"], tcp = ready["tcpSocket"], grpc = ready["grpc"], exec = ready["exec"];
        int ways = new[] { http, tcp, grpc, exec }.Count(static way => way.IsThere);
        if (ways != 1)
        {
            ready.Refuse($"a probe has exactly one of exec, httpGet, tcpSocket and grpc, this one has {ways.ToString(CultureInfo.InvariantCulture)}");
            return;
        }
        if (exec.IsThere) Draft.Set($"{health}.exec", new JsonObject { ["command"] = new JsonArray([.. exec["command"].Texts.Select(static text => (JsonNode?)text)]) }, exec.Place);
        else if (PortFor((http.IsThere ? http : tcp.IsThere ? tcp : grpc)["port"], http.IsThere && !IsTls(http) ? "http" : grpc.IsThere ? "http2" : null) is { } port)
        {
            if (http.IsThere && !IsTls(http))
            {
                string path = http["path"].Text is { Length: > 0 } text ? text : "/";
                Draft.Set($"{health}.http", new JsonObject { ["path"] = path.StartsWith('/') ? path : $"/{path}", ["port"] = port }, http.Place);
            }
            else
            {
                Draft.Set($"{health}.tcp", new JsonObject { ["port"] = port }, ready.Place);
                if (!http.IsThere) { /* The table has told what is carried. */ }
                else
                {
                    Carry("container.readinessProbe.httpGet", http.Json, http);
                    http["scheme"].Warn(CarriedRule("elsewhere the port is asked for a connection, without TLS"));
                }
            }
        }
        Times("intervalSeconds", ready["periodSeconds"], UsualPeriod, 3600);
        Times("timeoutSeconds", ready["timeoutSeconds"], UsualTimeout, 3600);
        Times("failureThreshold", ready["failureThreshold"], usual: null, 1000);
        // Elsewhere a replica is looked at from its start on.
        if (ready["initialDelaySeconds"] is { Whole: > 0 } delay) Carry("container.readinessProbe.initialDelaySeconds", delay.Json, delay);
        // The time to become ready is that in which Kubernetes would let it be: until its startup or liveness probe fails for good, or a rollout gives it up.
        ManifestView until = startup.IsThere ? startup : alive;
        long time = until.IsThere ? (until["initialDelaySeconds"].Whole ?? 0) + ((until["periodSeconds"].Whole ?? UsualPeriod) * (until["failureThreshold"].Whole ?? UsualFailures)) : 600;
        Draft.Set($"{health}.startSeconds", Math.Clamp(time + (ready["initialDelaySeconds"].Whole ?? 0), 1, 86400), (until.IsThere ? until : ready).Place);
    }

    private static bool IsTls(ManifestView http) => string.Equals(http["scheme"].Text, "HTTPS", StringComparison.OrdinalIgnoreCase);

    // The plane's own times are others than a cluster's; how many failures count is the same.
    private void Times(string field, ManifestView value, long? usual, long most) =>
        Draft.Set($"{Template}.healthCheck.{field}", value.Whole is > 0 and var told ? Math.Min(told, most) : usual, value.Place);

    private void MapSecurity()
    {
        ManifestView own = Main["securityContext"], pod = _pod["securityContext"];
        ManifestView user = own["runAsUser"].IsThere ? own["runAsUser"] : pod["runAsUser"], group = own["runAsGroup"].IsThere ? own["runAsGroup"] : pod["runAsGroup"];
        _runsAs = user.Whole;
        if (user.Whole is { } id) Put("user", group.Whole is { } also ? string.Create(CultureInfo.InvariantCulture, $"{id}:{also}") : id.ToString(CultureInfo.InvariantCulture), user);
        else if (group.IsThere) Keep("pod.spec.securityContext.runAsGroup", group.Json, group, "elsewhere a group is given together with a user");
        // Containers beside the main one take it from the pod, as they do what is kept for the pod as a whole.
        if (_pod["containers"].Items.Count > 1 || _pod["initContainers"].Items.Count > 0)
        {
            foreach (string field in (string[])["runAsUser", "runAsGroup"])
                if (pod[field].IsThere) Carry($"pod.spec.securityContext.{field}", pod[field].Json, pod[field]);
        }
        if (own["readOnlyRootFilesystem"].Flag == true) Put("readOnly", true, own["readOnlyRootFilesystem"]);
        if (own["privileged"].Flag == true) Put("privileged", true, own["privileged"]);
        Draft.Set($"{Container}.capAdd", Rights(own["capabilities"]["add"]), own["capabilities"]["add"].Place);
        Draft.Set($"{Container}.capDrop", Rights(own["capabilities"]["drop"]), own["capabilities"]["drop"].Place);
        ManifestView gains = own["allowPrivilegeEscalation"];
        if (gains.Flag == false) Draft.Set($"{Container}.securityOptions", [SecurityOption.NoNewPrivileges], gains.Place);
        Draft.Set($"{Container}.groups", [.. pod["supplementalGroups"].Items.Select(static item => item.Text).OfType<string>()], pod["supplementalGroups"].Place);
        foreach (ManifestView setting in pod["sysctls"].Items)
        {
            if (setting["name"].Text is { Length: > 0 } name) Draft.Put($"{Container}.sysctls", name, setting["value"].Text ?? "", setting.Place);
            else setting.Refuse("a kernel setting has a name and a value");
        }
    }

    private static List<string> Rights(ManifestView list) => [.. list.Texts.Select(LinuxCapabilities.Plain).Distinct()];

    private void MapPod()
    {
        // Kubernetes waits this long where nothing is said.
        ManifestView grace = _pod["terminationGracePeriodSeconds"];
        Draft.Set($"{Template}.stopGraceSeconds", Math.Clamp(grace.Whole ?? 30, 0, 3600), grace.IsThere ? grace.Place : _template.Place);
        if (grace.Whole is < 0 or > 3600) grace.Warn("a replica is given at most an hour to end");
        Put("hostname", _pod["hostname"].Text, _pod["hostname"]);
        foreach ((string field, string space) in ((string, string)[])[("hostNetwork", "network"), ("hostPID", "pid"), ("hostIPC", "ipc")])
        {
            if (_pod[field].Flag == true) Put($"namespaces.{space}", "host", _pod[field]);
        }
        foreach (ManifestView alias in _pod["hostAliases"].Items)
        {
            foreach (ManifestView host in alias["hostnames"].Items) Draft.Add($"{Container}.extraHosts", new() { ["host"] = host.Text ?? "", ["address"] = alias["ip"].Text ?? "" }, host.Place);
        }
        ManifestView names = _pod["dnsConfig"];
        Draft.Set($"{Container}.dns", names["nameservers"].Texts, names["nameservers"].Place);
        // In Kubernetes they stand beside the cluster's, unless its policy says otherwise.
        if (names["nameservers"].Items.Count > 0 && !_pod["dnsPolicy"].IsThere) Carry("pod.spec.dnsPolicy", "ClusterFirst", names["nameservers"]);
        Draft.Set($"{Container}.dnsSearch", names["searches"].Texts, names["searches"].Place);
        Draft.Set($"{Container}.dnsOptions", [.. names["options"].Items.Select(static option => option["value"].Text is { } value ? $"{option["name"].Text}:{value}" : option["name"].Text ?? "")], names["options"].Place);
        ManifestView pulls = _pod["imagePullSecrets"];
        if (pulls.Items.Count == 0) pulls = _set.PullsOf(Object.Namespace, _pod["serviceAccountName"].Text ?? _pod["serviceAccount"].Text ?? "default") ?? pulls;
        Draft.Set("spec.template.imagePullSecrets", [.. pulls.Items.Select(static pull => ManifestSet.NameOf(pull["name"].Text ?? "")).Distinct()], pulls.Place);
    }
}
