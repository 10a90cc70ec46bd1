using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Fields;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Kubernetes.Values;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <summary>Makes a Workload of what runs pods: how many, how replaced, how long.</summary>
internal sealed partial class WorkloadMapper
{
    private const string Template = "spec.template";
    private const string Container = "spec.template.container";
    private const string Fields = "spec.template.container.kubernetes";
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    // What a cluster does anyway where nothing is said: nothing is carried, and nothing is to be told.
    private static readonly Dictionary<string, string[]> Usual = new(StringComparer.Ordinal)
    {
        ["container.securityContext.procMount"] = ["Default"],
        ["container.terminationMessagePath"] = ["/dev/termination-log"],
        ["container.terminationMessagePolicy"] = ["File"],
        ["container.stdinOnce"] = ["false"],
        ["container.readinessProbe.successThreshold"] = ["1"],
        ["pod.spec.dnsPolicy"] = ["ClusterFirst", "ClusterFirstWithHostNet"],
        ["pod.spec.schedulerName"] = ["default-scheduler"],
        ["pod.spec.priority"] = ["0"],
        ["pod.spec.preemptionPolicy"] = ["PreemptLowerPriority"],
        ["pod.spec.hostUsers"] = ["true"],
        ["pod.spec.shareProcessNamespace"] = ["false"],
        ["pod.spec.setHostnameAsFQDN"] = ["false"],
        ["pod.spec.securityContext.runAsNonRoot"] = ["false"],
        ["pod.spec.os.name"] = ["linux"],
        ["job.spec.completionMode"] = ["NonIndexed"],
        ["job.spec.suspend"] = ["false"],
    };

    // What leads to a ConfigMap or Secret by its name.
    private static readonly string[] Named = ["configMapRef", "secretRef", "configMapKeyRef", "secretKeyRef", "configMap", "secret"];

    private const string OfTheRollout = "which replicas have a new template, and when, is the plane's rollout";

    // How often a job's pods are made anew where it does not say.
    private const long UsualBackoffLimit = 6;

    private readonly ManifestSet _set;
    private readonly ManifestView _pod;
    private readonly string _podPath;
    private readonly ManifestView _template;
    private readonly List<(string Path, JsonNode? Value, ManifestView From, bool Needed)> _fields = [];
    private readonly HashSet<string> _claims = new(StringComparer.Ordinal);
    private readonly int _main;

    public WorkloadMapper(ManifestSet set, ManifestObject item)
    {
        (_set, Object) = (set, item);
        (_template, _podPath) = item.Kind switch
        {
            "Pod" => (item.View, ""),
            "CronJob" => (item.View["spec"]["jobTemplate"]["spec"]["template"], "spec.jobTemplate.spec.template."),
            _ => (item.View["spec"]["template"], "spec.template."),
        };
        _pod = _template["spec"];
        Labels = _template["metadata"]["labels"].Entries.ToDictionary(static entry => entry.Key, static entry => entry.Value.Text ?? "", StringComparer.Ordinal);
        string? named = _template["metadata"]["annotations"][DefaultContainer].Text;
        _main = Math.Max(0, _pod["containers"].Items.ToList().FindIndex(container => named is not null && container["name"].Text == named));
        Draft = set.Begin("Workload", item);
    }

    public ManifestObject Object { get; }

    public ResourceDraft Draft { get; }

    /// <summary>The labels of its pods.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The claims that it uses, by their names in its namespace.</summary>
    public IReadOnlySet<string> Claims => _claims;

    private ManifestView Main => _pod["containers"].Items.ElementAtOrDefault(_main);

    private bool IsJob => Object.Kind is "Job" or "CronJob";

    public static string KeptRule(string reason) => $"it keeps the workload on Kubernetes clusters: {reason}";

    public static string CarriedRule(string reason) => $"only Kubernetes clusters are told of it: {reason}";

    public void Map()
    {
        if (_pod["containers"].Items.Count == 0)
        {
            (_template.IsThere ? _pod["containers"] : Object.View["spec"]).Refuse(_template.IsThere ? "a pod has containers" : "the field template is required", "write containers: [{ name: NAME, image: IMAGE }]");
            // So that the rest is told in the same go.
            Draft.Set($"{Template}.image", "none", Object.View.Place);
            return;
        }
        MapSelector();
        MapTemplateMetadata();
        MapContainers();
        MapEnvironment();
        MapPorts();
        MapResources();
        MapProbes();
        MapSecurity();
        MapPod();
        MapVolumes();
        MapReplicas();
        MapUpdate();
        MapJob();
        foreach (CarriedField field in Object.Carried) Take(field);
        if (Object.View["metadata"]["annotations"][ManifestSet.PolicyAnnotation] is { Text: { Length: > 0 } policy } named) Draft.Set("spec.placementPolicy", policy, named.Place);
    }

    /// <summary>Writes what is carried, once everything that belongs to it is there.</summary>
    public void Finish()
    {
        if (Object.Kind is "StatefulSet" or "CronJob") Draft.Set($"{Fields}.kind", Object.Kind, Object.View["kind"].Place);
        foreach ((string path, JsonNode? value, ManifestView from, bool needed) in _fields.OrderBy(static field => field.Path, StringComparer.Ordinal))
            Draft.Put($"{Fields}.{(needed ? "needed" : "extra")}", path, ManifestJson.Text(value), from.Place);
    }

    /// <summary>Carries a field without which the workload would be something else.</summary>
    public void Need(string path, JsonNode? value, ManifestView from) => Lay(path, value, from, needed: true);

    /// <summary>Carries a field that others do without.</summary>
    public void Carry(string path, JsonNode? value, ManifestView from) => Lay(path, value, from, needed: false);

    private void Lay(string path, JsonNode? value, ManifestView from, bool needed)
    {
        _fields.RemoveAll(field => field.Path == path);
        Rename(value);
        if (path.StartsWith("container.", StringComparison.Ordinal) || path.StartsWith("services.", StringComparison.Ordinal)) Number(value);
        _fields.Add((path, value, from, needed));
    }

    // What is named inside is told by the plane's name for it.
    private static void Rename(JsonNode? value)
    {
        if (value is JsonArray list)
        {
            foreach (JsonNode? item in list) Rename(item);
        }
        if (value is not JsonObject map) return;
        foreach ((string key, JsonNode? inner) in map.ToArray())
        {
            if (key is "claimName" or "secretName" && inner is JsonValue) map[key] = ManifestSet.NameOf(inner.ToString());
            else if (Named.Contains(key) && inner is JsonObject reference && reference["name"] is JsonValue name) reference["name"] = ManifestSet.NameOf(name.ToString());
            else Rename(inner);
        }
    }

    private void Keep(string path, JsonNode? value, ManifestView from, string reason)
    {
        Need(path, value, from);
        from.Warn(KeptRule(reason));
    }

    // What the table says is carried, but where the mapper knows better.
    private void Take(CarriedField field)
    {
        if (PartOf(field.Path) is not { } part) return;
        if (Usual.TryGetValue(part, out string[]? usual) && usual.Contains(field.View.Text) && (part != "pod.spec.dnsPolicy" || !_pod["dnsConfig"]["nameservers"].IsThere)) return;
        switch (part)
        {
            case "object.spec.persistentVolumeClaimRetentionPolicy" when field.View.Members.Any(static when => when.Value.Text == "Delete"):
                field.View.Warn("volumes stay until they are deleted: fedctl delete volume NAME");
                return;
            // It takes back what the pod says, and says nothing else.
            case "container.securityContext.runAsNonRoot" when field.View.Flag == false:
                if (_pod["securityContext"]["runAsNonRoot"].Flag == true) Carry(part, field.View.Json, field.View);
                return;
            case "container.lifecycle.preStop" when Sleep(field.View):
            case "pod.spec.serviceAccountName" or "pod.spec.serviceAccount" when IsWithoutRights(field.View):
                return;
            case "pod.spec.nodeSelector" when field.View.Members.All(static label => label is { Key: "kubernetes.io/os", Value.Text: "linux" }):
                Carry(part, field.View.Json, field.View);
                return;
            case "pod.spec.topologySpreadConstraints" when field.View.Items.Any(static term => term["whenUnsatisfiable"].Text != "ScheduleAnyway"):
                Keep(part, field.View.Json, field.View, field.Field.Detail);
                return;
            // Engines do this by themselves, and Kubernetes does not.
            case "pod.spec.securityContext.seccompProfile" or "container.securityContext.seccompProfile" when field.View["type"].Text == "RuntimeDefault":
            case "pod.spec.securityContext.runAsNonRoot" or "container.securityContext.runAsNonRoot" when _runsAs > 0:
            // Where there is no volume for it to own, it changes nothing.
            case "pod.spec.securityContext.fsGroup" when _pod["volumes"].Items.Count == 0 && Object.View["spec"]["volumeClaimTemplates"].Items.Count == 0:
            case "object.spec.serviceName" when Replicas <= 1:
            case "object.spec.podManagementPolicy" when Replicas <= 1:
                Carry(part, field.View.Json, field.View);
                return;
        }
        if (field.Field.Fate == FieldFate.Kept) Keep(part, field.View.Json, field.View, field.Field.Detail);
        else
        {
            Carry(part, field.View.Json, field.View);
            if (field.Field.Detail.Length > 0) field.View.Warn(CarriedRule(field.Field.Detail));
        }
    }

    // Which part of what a cluster makes a path of the file lies in; null where the mapper carries it as a whole.
    private string? PartOf(string path)
    {
        string pod = $"{_podPath}spec.";
        if (path.StartsWith(pod, StringComparison.Ordinal))
        {
            string rest = path[pod.Length..], main = NodePath.Item("containers", _main) + ".";
            if (rest.StartsWith(main, StringComparison.Ordinal))
            {
                string inner = rest[main.Length..];
                return inner.StartsWith("env[", StringComparison.Ordinal) || inner.StartsWith("envFrom[", StringComparison.Ordinal) || inner.StartsWith("volume", StringComparison.Ordinal) ? null : $"container.{inner}";
            }
            return rest.StartsWith("containers[", StringComparison.Ordinal) || rest.StartsWith("initContainers", StringComparison.Ordinal) || rest.StartsWith("volumes", StringComparison.Ordinal) || rest.StartsWith("imagePullSecrets", StringComparison.Ordinal)
                ? null
                : $"pod.spec.{rest}";
        }
        if (_podPath.Length > 0 && path.StartsWith(_podPath, StringComparison.Ordinal)) return $"pod.{path[_podPath.Length..]}";
        if (Object.Kind == "CronJob" && path.StartsWith("spec.jobTemplate.", StringComparison.Ordinal)) return $"job.{path["spec.jobTemplate.".Length..]}";
        return path.StartsWith("spec.volumeClaimTemplates", StringComparison.Ordinal) ? null : Object.Kind == "Job" ? $"job.{path}" : $"object.{path}";
    }

    private bool IsWithoutRights(ManifestView account)
    {
        if (account.Text == "default") return true;
        if (account.Text is not { Length: > 0 } name || !_set.HasAccount(Object.Namespace, name)) return false;
        account.Warn($"the account {name} is among the files and has no rights: the workload runs under the cluster's own");
        return true;
    }

    private void MapSelector()
    {
        ManifestView selector = Object.View["spec"]["selector"];
        if (Object.Kind is not ("Deployment" or "StatefulSet" or "DaemonSet")) return;
        if (!selector.IsThere) selector.Refuse("the field is required", "write selector: { matchLabels: ... } with the labels of the template");
        else if (LabelSelector.Of(selector) is { } read && (read.IsEmpty || !read.Matches(Labels))) selector.Refuse("the selector does not match the labels of the template", "give both the same labels");
    }

    private void MapTemplateMetadata()
    {
        foreach ((string key, ManifestView value) in _template["metadata"]["labels"].Entries) Draft.Put($"{Container}.labels", key, value.Text ?? "", value.Place);
        if (Object.Kind == "Pod") return;
        foreach ((string key, ManifestView value) in _template["metadata"]["annotations"].Entries) Draft.Put($"{Template}.annotations", key, value.Text ?? "", value.Place);
    }

    private long Replicas => Object.View["spec"]["replicas"].Whole ?? 1;

    private void MapReplicas()
    {
        ManifestView spec = Object.View["spec"];
        if (Object.Kind is "Deployment" or "StatefulSet" && spec["replicas"] is { IsThere: true } replicas) Draft.Set("spec.replicas", replicas.Whole, replicas.Place);
        if (spec["revisionHistoryLimit"].Whole is { } limit)
        {
            if (limit is < 1 or > 100 && Object.Kind != "CronJob") spec["revisionHistoryLimit"].Warn("1 to 100 earlier templates are kept");
            Draft.Set("spec.revisionHistoryLimit", Math.Clamp(limit, 1, 100), spec["revisionHistoryLimit"].Place);
        }
        if (Object.Kind == "DaemonSet") Draft.Set($"{Container}.mode", "global", Object.View["kind"].Place);
    }

    private void MapUpdate()
    {
        ManifestView spec = Object.View["spec"];
        const double longest = 3600;
        if (spec["minReadySeconds"].Whole is > 0 and var ready)
        {
            Draft.Set("spec.update.observeSeconds", (long)Math.Min(ready, longest), spec["minReadySeconds"].Place);
            if (ready > longest) spec["minReadySeconds"].Warn("a new replica is observed for at most an hour");
        }
        if (spec["progressDeadlineSeconds"].Whole is { } deadline) Draft.Set("spec.update.progressDeadlineSeconds", Math.Min(deadline, 86400), spec["progressDeadlineSeconds"].Place);
        if (Object.Kind == "Deployment" && spec["paused"].Flag == true) Draft.Set("spec.update.paused", true, spec["paused"].Place);
        if (Object.Kind is not ("Deployment" or "StatefulSet" or "DaemonSet")) return;
        ManifestView strategy = spec[Object.Kind == "Deployment" ? "strategy" : "updateStrategy"], type = strategy["type"], rolling = strategy["rollingUpdate"];
        if (type.Text == "OnDelete" && Object.Kind != "Deployment") type.Refuse(OfTheRollout, $"remove it, and hold a new template back with: fedctl rollout pause {Draft.Name}");
        else if (type.Text is not (null or "RollingUpdate") && (type.Text != "Recreate" || Object.Kind != "Deployment")) type.Refuse(Object.Kind == "Deployment" ? "the type is RollingUpdate or Recreate" : "the type is RollingUpdate");
        if (type.Text == "Recreate" && rolling.IsThere) rolling.Refuse("it belongs to the type RollingUpdate, not Recreate", "remove it");
        if (rolling["partition"] is { Whole: > 0 } part) part.Refuse(OfTheRollout, $"remove it, and hold a new template back with: fedctl rollout pause {Draft.Name}");
        if (type.Text == "Recreate") SetShares(0, "100%", type, type);
        // Its replicas are replaced in place, since each has a name and often a volume.
        else if (Object.Kind == "StatefulSet") SetShares(0, rolling["maxUnavailable"].Json ?? 1, Object.View["kind"], rolling["maxUnavailable"]);
        else if (rolling["maxSurge"].IsThere || rolling["maxUnavailable"].IsThere)
        {
            if (rolling["maxSurge"].IsThere) Draft.Set("spec.update.maxSurge", rolling["maxSurge"].Json, rolling["maxSurge"].Place);
            else if (Object.Kind == "DaemonSet") Draft.Set("spec.update.maxSurge", 0, rolling["maxUnavailable"].Place);
            JsonNode? missing = rolling["maxUnavailable"].Json;
            // Left out it is a quarter, and at least one where none may be added.
            if (missing is null && IsZero(rolling["maxSurge"])) missing = Replicas < 4 || Object.Kind == "DaemonSet" ? 1 : "25%";
            if (missing is not null) Draft.Set("spec.update.maxUnavailable", missing, (rolling["maxUnavailable"].IsThere ? rolling["maxUnavailable"] : rolling["maxSurge"]).Place);
        }
        else if (Object.Kind == "DaemonSet") SetShares(0, 1, Object.View["kind"], Object.View["kind"]);
    }

    private static bool IsZero(ManifestView share) => share.Text is "0" or "0%";

    private void SetShares(int surge, JsonNode missing, ManifestView from, ManifestView of)
    {
        Draft.Set("spec.update.maxSurge", surge, from.Place);
        Draft.Set("spec.update.maxUnavailable", missing, of.IsThere ? of.Place : from.Place);
    }

    private void MapJob()
    {
        ManifestView policy = _pod["restartPolicy"];
        string? word = policy.Text;
        if (word is not (null or "Always" or "OnFailure" or "Never")) policy.Refuse("the policy is Always, OnFailure or Never");
        if (!IsJob)
        {
            if (word is not (null or "Always") && Object.Kind != "Pod") policy.Refuse($"the pods of a {Object.Kind} are always started again", "remove it, or write a Job");
            else if (word is "OnFailure" or "Never") Draft.Set($"{Template}.restart.condition", word == "Never" ? "never" : "onFailure", policy.Place);
            return;
        }
        ManifestView job = Object.Kind == "Job" ? Object.View["spec"] : Object.View["spec"]["jobTemplate"]["spec"];
        if (word is null or "Always") policy.Refuse("the pods of a job are started again OnFailure or Never", "write restartPolicy: OnFailure");
        ManifestView limit = job["backoffLimit"];
        // A pod that failed is made anew by its job, whatever its own policy says.
        Draft.Set($"{Template}.restart.condition", limit.Whole == 0 ? "never" : "onFailure", limit.Whole == 0 ? limit.Place : policy.Place);
        if (limit.Whole != 0) Draft.Set($"{Template}.restart.maxAttempts", limit.Whole ?? UsualBackoffLimit, (limit.IsThere ? limit : policy).Place);
        ManifestView completions = job["completions"], parallelism = job["parallelism"];
        if (Object.Kind == "CronJob")
        {
            // How many pods each of its Jobs has is the Jobs' own.
            if (completions.IsThere) Need("job.spec.completions", completions.Json, completions);
            if (parallelism.IsThere) Need("job.spec.parallelism", parallelism.Json, parallelism);
            if (Object.View["spec"]["schedule"] is { Text: not { Length: > 0 } } none) none.Refuse("the field is required", "write schedule: \"0 3 * * *\"");
            return;
        }
        long wanted = completions.Whole ?? parallelism.Whole ?? 1;
        if (completions.IsThere || parallelism.IsThere) Draft.Set("spec.replicas", wanted, (completions.IsThere ? completions : parallelism).Place);
        if (completions.IsThere && (parallelism.Whole ?? 1) < wanted) Keep("job.spec.parallelism", parallelism.Whole ?? 1, parallelism.IsThere ? parallelism : completions, "elsewhere all replicas of a job run at once");
        else if (parallelism.IsThere && !completions.IsThere && parallelism.Whole > 1) parallelism.Warn("each of its replicas runs to its end");
    }

    // sleep 5, or a shell's: the time in which a replica that is about to stop gets no traffic any more.
    private bool Sleep(ManifestView preStop)
    {
        string[] words = [.. preStop["exec"]["command"].Texts];
        if (words.Length == 3 && words[1] == "-c" && words[0] is "sh" or "/bin/sh" or "bash" or "/bin/bash") words = words[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ManifestView seconds = preStop["sleep"]["seconds"];
        long? time = seconds.Whole ?? (words is ["sleep" or "/bin/sleep", var text] && int.TryParse(text.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null);
        if (time is not (>= 0 and <= 3600) || preStop["httpGet"].IsThere || preStop["tcpSocket"].IsThere) return false;
        Draft.Set($"{Template}.drainSeconds", time, preStop.Place);
        return true;
    }
}
