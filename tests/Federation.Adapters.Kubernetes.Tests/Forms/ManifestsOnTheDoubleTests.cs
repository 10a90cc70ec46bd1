using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Adapters.Kubernetes.Tests.Client;
using Federation.Adapters.Kubernetes.Tests.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Loading;
using Federation.TestKit.Kubernetes.Double;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Federation.Adapters.Kubernetes.Tests.Forms;

/// <summary>Manifests as people write them go in, and objects come out in a cluster: whatever stood in a manifest stands in the object, or the list here says why not.</summary>
public sealed partial class ManifestsOnTheDoubleTests
{
    private const string Folder = "tests/Federation.Manifests.Tests/Kubernetes/manifests";

    // What is not as it was written, and why.
    private static readonly (string Path, string Why)[] Otherwise =
    [
        (@"\.readinessProbe\.initialDelaySeconds$", "readiness may be asked for at once; the time to start is the plane's"),
        (@"\.readinessProbe\.(httpGet|tcpSocket|grpc)\.port$", "a port's number stands for its name"),
        (@"\.lifecycle\.preStop$", "a sleep is the plane's own drain"),
        (@"\.env\[[^\]]*\]\.valueFrom\.configMapKeyRef$", "the value of a ConfigMap among the files is written in"),
        (@"\.envFrom\[[^\]]*\]$", "the values of a ConfigMap among the files are written in"),
        (@"\.(configMapKeyRef|secretKeyRef|configMapRef|secretRef)\.name$", "each version is an object of its own name"),
        (@"\.(configMapKeyRef|configMapRef|secretKeyRef)\.optional$", "what is handed over is there"),
        (@"^\.spec\.imagePullSecrets\[[^\]]*\]\.name$", "each version is an object of its own name"),
        (@"\.(configMap|secret)\.(name|secretName|optional)$", "each version is an object of its own name"),
        (@"\.sources\[[^\]]*\]\.(configMap|secret)\.(name|optional)$", "each version is an object of its own name"),
        (@"^\.spec\.securityContext\.runAs(User|Group)$", "it is the main container's, or carried where others share the pod"),
        (@"^\.spec\.hostname$", "a name is free"),
        (@"^\.spec\.(serviceAccountName|serviceAccount|restartPolicy|dnsPolicy|schedulerName|preemptionPolicy|priority)$", "it is what a cluster does anyway, or an account that is among the files and has no rights"),
        (@"\.(terminationMessagePath|terminationMessagePolicy|allowPrivilegeEscalation|procMount|stdinOnce|runAsNonRoot|successThreshold|imagePullPolicy)$", "it is what a cluster does anyway"),
        (@"\.securityContext$", "an empty one says nothing"),
        (@"^\.metadata\.annotations\[kubectl\.kubernetes\.io/", "it is kubectl's own"),
        (@"^\.metadata\.(creationTimestamp|name)", "it is a server's, or what makes pods names them"),
    ];

    [Fact]
    public async Task Manifests_OfTheCorpus_StandInTheObjectsAsTheyWereWritten()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System);
        using KubernetesClient client = Clients.Of(cluster.Address);
        List<string> wrong = [], refused = [];
        int objects = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root(), Folder)).Order(StringComparer.Ordinal))
        {
            string called = Path.GetFileNameWithoutExtension(file);
            var read = Assert.IsType<ReadOutcome.Accepted>(await ManifestLoader.LoadAsync([file], () => Stream.Null, "default", ct: TestContext.Current.CancellationToken));
            JsonObject[] manifests = [.. Documents(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))];
            var opener = new Opener(read.Resources.Select(static declared => declared.Resource));
            foreach (Workload workload in read.Resources.Select(static declared => declared.Resource).OfType<Workload>())
            {
                Assignment order = Order(workload, called);
                ApiResource made = CronJobForm.IsFor(order.Template) ? ApiResource.CronJobs : JobForm.IsFor(order.Template) ? ApiResource.Jobs : StatefulSetForm.IsFor(order.Template) ? ApiResource.StatefulSets : ApiResource.Deployments;
                string space = KubernetesRig.Names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
                string name = made == ApiResource.Jobs ? KubernetesRig.Names.Job(order.Id, order.Revision, order.Workload, 0) : made == ApiResource.StatefulSets || made == ApiResource.CronJobs ? order.Workload.Name : KubernetesRig.Names.Deployment(order.Id, order.Revision, order.Workload);
                if (MaterialForm.TryMake(KubernetesRig.Names, name, opener.With(order), opener, out string? refusal) is not { } material
                    || (made == ApiResource.Jobs ? JobForm.TryMake(KubernetesRig.Plane, KubernetesRig.Names, order, material, 0, out refusal)
                        : made == ApiResource.CronJobs ? CronJobForm.TryMake(KubernetesRig.Plane, KubernetesRig.Names, order, material, out refusal)
                        : made == ApiResource.StatefulSets ? StatefulSetForm.TryMake(KubernetesRig.Plane, KubernetesRig.Names, order, material, 0, out refusal)
                        : DeploymentForm.TryMake(KubernetesRig.Plane, KubernetesRig.Names, order, material, 0, out refusal)) is not { } body)
                {
                    refused.Add($"{called} {workload.Metadata.Name}: {refusal}");
                    continue;
                }
                cluster.Place("", "namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = space } });
                try
                {
                    await client.ApplyAsync(made, space, body, force: true, dryRun: false, TestContext.Current.CancellationToken);
                }
                catch (KubernetesException e) when (e.Kind == FailureKind.Invalid)
                {
                    // The double is a server of 1.21.
                    refused.Add($"{called} {workload.Metadata.Name}: {e.Message}");
                    continue;
                }
                JsonObject live = cluster.Find(made.Group, made.Plural, space, name)!;
                // Names that are too long are shortened on their way in.
                JsonObject[] makers = [.. manifests.Where(static one => (string?)one["kind"] is "Deployment" or "Pod" or "DaemonSet" or "StatefulSet" or "Job" or "CronJob")];
                JsonObject manifest = makers.SingleOrDefault(one => (string?)one["metadata"]!["name"] == workload.Metadata.Name) ?? makers.Single(one => TemplateOf(one)["spec"]!["containers"]!.AsArray().Any(container => (string?)container!["image"] == workload.Spec.Template.Image));
                JsonNode template = TemplateOf(manifest);
                List<string> missing = [];
                JsonNode pods = TemplateOf(live);
                Compare(template["metadata"], pods["metadata"], ".metadata", missing);
                Pod(template["spec"]!, pods["spec"]!, missing);
                if (made == ApiResource.CronJobs)
                {
                    var said = (JsonObject)manifest["spec"]!.DeepClone();
                    ((JsonObject)said["jobTemplate"]!["spec"]!).Remove("template");
                    Compare(said, live["spec"], ".cron", missing);
                }
                if ((string?)manifest["kind"] == "Job")
                {
                    foreach (string member in new[] { "activeDeadlineSeconds", "suspend", "podFailurePolicy", "backoffLimit" }) Compare(manifest["spec"]![member], live["spec"]![member], $".job.{member}", missing);
                }
                if ((string?)manifest["kind"] == "StatefulSet")
                {
                    // Claims stay, whatever it says.
                    if (manifest["spec"]!["persistentVolumeClaimRetentionPolicy"]?.ToJsonString().Contains("Delete", StringComparison.Ordinal) == true) ((JsonObject)manifest["spec"]!).Remove("persistentVolumeClaimRetentionPolicy");
                    foreach (string member in new[] { "serviceName", "podManagementPolicy", "persistentVolumeClaimRetentionPolicy" }) Compare(manifest["spec"]![member], live["spec"]![member], $".set.{member}", missing);
                    // One replica's templates are volumes of the plane.
                    if (((long?)manifest["spec"]!["replicas"] ?? 1) > 1) Compare(manifest["spec"]!["volumeClaimTemplates"], live["spec"]!["volumeClaimTemplates"], ".set.volumeClaimTemplates", missing);
                }
                foreach (VolumeReference volume in order.Template.Volumes ?? [])
                {
                    await client.ApplyAsync(ApiResource.PersistentVolumeClaims, space, ClaimForm.Make(KubernetesRig.Names, order, volume, new KubernetesOptions { Cluster = new("c"), Node = new("n"), Plane = static () => null }), force: true, dryRun: false, TestContext.Current.CancellationToken);
                    if (manifests.FirstOrDefault(one => (string?)one["kind"] == "PersistentVolumeClaim" && (string?)one["metadata"]?["name"] == volume.Name) is not { } claim) continue;
                    Compare(claim["spec"], cluster.Find("", "persistentvolumeclaims", space, volume.Name)!["spec"], ".claim", missing);
                    objects++;
                }
                foreach (JsonObject service in BesideForm.Services(KubernetesRig.Names, order))
                {
                    await client.ApplyAsync(ApiResource.Services, space, service, force: true, dryRun: false, TestContext.Current.CancellationToken);
                    string named = (string)service["metadata"]!["name"]!;
                    if (manifests.FirstOrDefault(one => (string?)one["kind"] == "Service" && (string?)one["metadata"]?["name"] == named) is not { } declared) continue;
                    var spec = (JsonObject)declared["spec"]!.DeepClone();
                    spec.Remove("selector");
                    if ((string?)spec["clusterIP"] != "None") spec.Remove("clusterIP");
                    spec.Remove("clusterIPs");
                    spec.Remove("externalIPs");
                    Compare(spec, cluster.Find("", "services", space, named)!["spec"], ".service", missing);
                    objects++;
                }
                wrong.AddRange(missing.Select(one => $"{called} {workload.Metadata.Name} {one}"));
                objects++;
                foreach ((string group, string plural) in new[] { ("batch", "cronjobs"), ("batch", "jobs"), ("", "pods"), ("apps", "deployments"), ("apps", "statefulsets"), ("", "persistentvolumeclaims"), ("apps", "replicasets"), ("", "services"), ("", "endpoints"), ("discovery.k8s.io", "endpointslices") })
                    foreach (JsonObject done in cluster.List(group, plural, space)) cluster.Remove(group, plural, space, (string)done["metadata"]!["name"]!);
                cluster.Remove("", "namespaces", null, space);
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(objects > 60, $"{objects} objects");
        // These alone are not made, each with its reason.
        Assert.All(refused, static one => Assert.Matches("its pods are to have numbers|a Job may begin a second pod|(readinessProbe.grpc|spec.timeZone): field not declared in schema", one));
    }

    private static JsonNode TemplateOf(JsonObject manifest) => (string?)manifest["kind"] switch { "Pod" => manifest, "CronJob" => manifest["spec"]!["jobTemplate"]!["spec"]!["template"]!, _ => manifest["spec"]!["template"]! };

    private static void Pod(JsonNode wanted, JsonNode live, List<string> missing)
    {
        JsonNode main = live["containers"]![0]!;
        // A StatefulSet's claims are volumes of its pods by their templates' names.
        var sources = ((wanted["volumes"] as JsonArray) ?? []).ToDictionary(static volume => (string)volume!["name"]!, static volume => volume!.AsObject());
        bool whole = ((live["volumes"] as JsonArray) ?? []).Any(volume => sources.ContainsKey((string)volume!["name"]!));
        foreach ((string member, JsonNode? value) in wanted.AsObject())
        {
            if (member == "volumes" && !whole) continue;
            if (member != "containers") Compare(value, live[member], $".spec.{member}", missing);
        }
        foreach (JsonNode? container in wanted["containers"]!.AsArray())
        {
            JsonNode? made = live["containers"]!.AsArray().FirstOrDefault(one => (string?)one!["name"] == (string?)container!["name"]);
            string at = $".spec.containers[{container!["name"]}]";
            if (made is null) missing.Add(at);
            else
            {
                foreach ((string member, JsonNode? value) in container.AsObject())
                    if (member != "volumeMounts" || whole || made != main) Compare(value, made[member], $"{at}.{member}", missing);
            }
        }
        if (whole) return;
        // What is mapped has names of the plane's own: it is looked for by where it is seen.
        JsonNode? first = wanted["containers"]!.AsArray().FirstOrDefault(one => (string?)one!["name"] == (string?)main["name"]);
        foreach (JsonNode? mount in (first?["volumeMounts"] as JsonArray) ?? [])
        {
            string path = ((string)mount!["mountPath"]!).TrimEnd('/');
            string kind = sources.TryGetValue((string)mount["name"]!, out JsonObject? source) ? source.Select(static member => member.Key).FirstOrDefault(static key => key != "name") ?? "emptyDir" : "persistentVolumeClaim";
            bool seen = ((main["volumeMounts"] as JsonArray) ?? []).Any(one =>
                (((string)one!["mountPath"]!).TrimEnd('/') == path || (kind is "configMap" or "secret" && ((string)one["mountPath"]!).StartsWith(path + "/", StringComparison.Ordinal)))
                // What is among no volumes is a claim template's.
                && ((live["volumes"] as JsonArray)?.SingleOrDefault(volume => (string?)volume!["name"] == (string?)one["name"]) is { } there ? there[kind] is not null : kind == "persistentVolumeClaim"));
            // A volume that is optional and not among the files is left out, and was told of.
            if (!seen && source?[kind]?["optional"] is null) missing.Add($".spec.containers[].volumeMounts[{path}] of {kind}");
        }
    }

    // What is wanted and not there, by its path.
    private static void Compare(JsonNode? wanted, JsonNode? live, string path, List<string> missing)
    {
        if (wanted is null || Otherwise.Any(other => Regex.IsMatch(path, other.Path))) return;
        switch (wanted)
        {
            case JsonObject members:
                if (live is null && members.Count > 0)
                {
                    foreach ((string name, JsonNode? value) in members) Compare(value, null, Step(path, name), missing);
                    return;
                }
                foreach ((string name, JsonNode? value) in members) Compare(value, (live as JsonObject)?[name], Step(path, name), missing);
                return;
            case JsonArray items when items.Count > 0 && items[0] is JsonObject:
                for (int i = 0; i < items.Count; i++)
                {
                    // A key that is not there, and need not be: the variable is left out, and that was told.
                    if (items[i]!["valueFrom"]?["configMapKeyRef"]?["optional"] is not null) continue;
                    string? key = new[] { "mountPath", "name", "containerPort", "ip", "key", "port", "topologyKey", "secret", "configMap" }.FirstOrDefault(one => items[i]![one] is not null);
                    JsonNode? twin = (live as JsonArray)?.FirstOrDefault(one => key is not null && Same(one![key], items[i]![key], path)) ?? (live as JsonArray)?.ElementAtOrDefault(i);
                    Compare(items[i], twin, $"{path}[{(key is "name" ? items[i]![key] : i.ToString(CultureInfo.InvariantCulture))}]", missing);
                }
                return;
            default:
                if (!Same(wanted, live, path)) missing.Add($"{path}: {wanted.ToJsonString()} is {live?.ToJsonString() ?? "not there"}");
                return;
        }
    }

    private static string Step(string path, string name) => name.Contains('.', StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal) ? $"{path}[{name}]" : $"{path}.{name}";

    private static bool Same(JsonNode? wanted, JsonNode? live, string path)
    {
        if (JsonNode.DeepEquals(wanted, live)) return true;
        if (wanted is null || live is null) return false;
        // Annotations and variables are texts whatever YAML takes them for; amounts have many forms.
        if (wanted.ToString() == live.ToString() || string.Equals(wanted.ToString(), live.ToString(), StringComparison.OrdinalIgnoreCase) && path.Contains("capabilities", StringComparison.Ordinal)) return true;
        return (path.Contains("resources.", StringComparison.Ordinal) || path.EndsWith("sizeLimit", StringComparison.Ordinal)) && Quantity.Parse(wanted.ToString()) == Quantity.Parse(live.ToString());
    }

    private static Assignment Order(Workload workload, string file) => new()
    {
        Id = new($"{workload.Metadata.Name}.{file}.c"),
        Workload = new(new("acme"), $"{workload.Metadata.Namespace ?? "default"}-{file}", workload.Metadata.Name),
        WorkloadUid = "uid",
        Cluster = new("c"),
        Replicas = 1,
        Generation = 1,
        Revision = new("r1"),
        Template = workload.Spec.Template,
    };

    private static IEnumerable<JsonObject> Documents(string text)
    {
        IEnumerable<JsonNode?> documents;
        if (text.StartsWith('{'))
        {
            // Objects of JSON may follow one another.
            documents = text.Split("\n}\n", StringSplitOptions.RemoveEmptyEntries).Select(static piece => JsonNode.Parse(piece.TrimEnd().EndsWith('}') && piece.Count(static c => c == '{') == piece.Count(static c => c == '}') ? piece : piece + "}"));
        }
        else
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            documents = stream.Documents.Select(static document => Read(document.RootNode));
        }
        foreach (JsonObject one in documents.OfType<JsonObject>())
        {
            if (one["items"] is JsonArray items)
                foreach (JsonObject item in items.OfType<JsonObject>())
                {
                    // The items of a DeploymentList say not what they are.
                    item["kind"] ??= ((string)one["kind"]!)[..^"List".Length];
                    yield return item;
                }
            if (one["items"] is not JsonArray) yield return one;
        }
    }

    private static JsonNode? Read(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Where(static child => ((YamlScalarNode)child.Key).Value != "<<").Select(static child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Read(child.Value)))
            .Concat(mapping.Children.Where(static child => ((YamlScalarNode)child.Key).Value == "<<").SelectMany(static child => Read(child.Value)!.AsObject().Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))))
            .DistinctBy(static member => member.Key)),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Read)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
        {
            null or "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            { } octal when Octal().IsMatch(octal) => JsonValue.Create(Convert.ToInt64(octal.Replace("o", "", StringComparison.Ordinal), 8)),
            { } value when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
            { } value => JsonValue.Create(value),
        },
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    [GeneratedRegex("^0o?[0-7]+$")]
    private static partial Regex Octal();

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder!;
    }

    // The Configs and Secrets of the files, and any other with the keys that are asked of it.
    private sealed class Opener(IEnumerable<Resource> resources) : IMaterialOpener
    {
        private readonly Dictionary<string, string[]> _keys = resources.Select(static resource => resource switch
        {
            Config config => ($"Config/{config.Metadata.Name}", config.Spec),
            Secret secret => ($"Secret/{secret.Metadata.Name}", secret.Spec),
            _ => ("", new MaterialSpec()),
        }).Where(static one => one.Item1.Length > 0).ToDictionary(static one => one.Item1, static one => (string[])[.. (one.Item2.Data ?? new Dictionary<string, string>()).Keys, .. (one.Item2.BinaryData ?? new Dictionary<string, string>()).Keys]);

        public DesiredAssignment With(Assignment order)
        {
            foreach ((string kind, IReadOnlyList<FileReference>? list) in new[] { ("Config", order.Template.Configs), ("Secret", order.Template.Secrets) })
                foreach (FileReference reference in list ?? []) _keys.TryAdd($"{kind}/{reference.Name}", [.. (reference.Files ?? []).Select(static file => file.Key ?? "key").DefaultIfEmpty("key").Distinct()]);
            return new DesiredAssignment(order, [.. _keys.Keys.Select(static key => key.Split('/')).Select(static one => new SealedFiles(one[0], one[1], 1, Encoding.UTF8.GetBytes(one[1])))]);
        }

        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => _keys[$"{files.Kind}/{files.Name}"].ToDictionary(static key => key, static key => Encoding.UTF8.GetBytes("value of " + key));
    }
}
