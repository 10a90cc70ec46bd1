using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Rendering;
using Federation.Adapters.Kubernetes.Tests.Reconciling;
using Federation.Adapters.Rendering;
using Federation.Domain.Assignments;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Kubernetes;
using Federation.Manifests.Loading;
using Federation.Manifests.Writing;

namespace Federation.Adapters.Kubernetes.Tests.Rendering;

/// <summary>What is rendered for a cluster is what the reconciler writes there, and reads back to what it was made of.</summary>
public sealed class KubernetesRenderingTests
{
    private const string Folder = "tests/Federation.Manifests.Tests/Kubernetes/manifests";

    private static readonly KubernetesOptions Options = new() { Cluster = new("c"), Node = new("agent"), Plane = static () => KubernetesRig.Plane };

    // What of a template is not the same when it is read again, and why.
    private static readonly (string Path, string Why)[] Otherwise =
    [
        ("imagePullSecrets", "each version is an object of its own name"),
        ("annotations", "the marks of the plane stand beside a user's"),
        ("environment", "what the plane tells every program stands beside a user's"),
        ("configs", "each version is an object of its own, with names of its own"),
        ("secrets", "each version is an object of its own, with names of its own"),
        ("drainSeconds", "the plane's own drain is told to its agent alone"),
        ("container.labels", "the marks of the plane stand beside a user's"),
        ("container.environment", "an environment has no form of its own there"),
        ("container.serviceLabels", "labels of the whole are the resource's own when they are read"),
        ("container.kubernetes", "what was carried is carried, beside what the plane says where nobody does"),
        ("container.mode", "what has one pod on each node is a Deployment whose pods keep apart"),
        ("container.endpointMode", "the Service by which workloads find each other has no address"),
        ("healthCheck.startSeconds", "a readiness probe has no such time"),
    ];

    [Fact]
    public async Task Render_AnOrder_IsWhatTheReconcilerWrites()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment web = KubernetesRig.Order(2) is var order ? order with
        {
            LeastReady = 1,
            Template = order.Template with
            {
                Configs = [new FileReference { Name = "site", Version = 3 }],
                Secrets = [new FileReference { Name = "key", Version = 1, Files = [new FileTarget { Path = "/run/key", Mode = "0400" }] }],
            },
        } : throw new InvalidOperationException();
        Assignment db = order with
        {
            Id = new("db.uid.c"),
            Workload = order.Workload with { Name = "db" },
            Replicas = 1,
            Template = order.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] },
        };
        SealedFiles[] material = [new("Config", "site", 3, "index=hello"u8.ToArray()), new("Secret", "key", 1, "value=hunter2"u8.ToArray())];
        DesiredAssignment[] desired = [new(web, material), new(db, [])];
        await rig.ApplyAsync(1, 1, desired);
        await rig.SeeAsync(static set => set.Replicas.Count == 3);

        IReadOnlyList<JsonObject> rendered = KubernetesRendering.Together(desired.Select(static one =>
            KubernetesRendering.Of(Options, new WorkloadSpec { Template = one.Assignment.Template, Replicas = one.Assignment.Replicas }, one, new Opener([]))));
        Assert.DoesNotContain("hunter2", string.Concat(rendered.Select(static one => one.ToJsonString())), StringComparison.Ordinal);
        Assert.Equal(["ConfigMap", "Deployment", "Namespace", "PersistentVolumeClaim", "PodDisruptionBudget", "Secret", "Service", "Service", "StatefulSet"], rendered.Select(static one => (string)one["kind"]!).Order(StringComparer.Ordinal));
        foreach (JsonObject one in rendered)
        {
            (string group, string plural) = (string)one["kind"]! switch
            {
                "Namespace" => ("", "namespaces"),
                "PersistentVolumeClaim" => ("", "persistentvolumeclaims"),
                "ConfigMap" => ("", "configmaps"),
                "Secret" => ("", "secrets"),
                "Service" => ("", "services"),
                "Deployment" => ("apps", "deployments"),
                "PodDisruptionBudget" => ("policy", "poddisruptionbudgets"),
                _ => ("apps", "statefulsets"),
            };
            string? space = plural == "namespaces" ? null : rig.Space;
            JsonObject? live = null;
            await rig.UntilAsync(() => (live = rig.Cluster.Find(group, plural, space, (string)one["metadata"]!["name"]!)) is not null);
            if (plural == "secrets")
            {
                string key = Assert.Single(one["data"]!.AsObject()).Key;
                Assert.Equal(OrderRendering.Mask, (string?)one["data"]![key]);
                Assert.Equal("hunter2", Encoding.UTF8.GetString(Convert.FromBase64String((string)live!["data"]![key]!)));
                one.Remove("data");
            }
            var missing = new List<string>();
            Within(one, live, "", missing);
            Assert.True(missing.Count == 0, $"{one["kind"]} {one["metadata"]!["name"]}: {string.Join('\n', missing)}");
        }
    }

    [Fact]
    public void Render_WhatRunsToItsEnd_IsAJobForEachReplica()
    {
        var template = new WorkloadTemplate
        {
            Image = "a",
            Restart = new RestartPolicy { Condition = RestartCondition.OnFailure, MaxAttempts = 4 },
            Secrets = [new FileReference { Name = "key", Version = 1 }],
        };
        var desired = new DesiredAssignment(KubernetesRig.Order(2) with { Template = template }, [new("Secret", "key", 1, "value=hunter2"u8.ToArray())]);
        OrderRendering rendering = KubernetesRendering.Of(Options, new WorkloadSpec { Template = template, Replicas = 2 }, desired, new Opener([]));
        Assert.Equal(["Namespace", "Secret", "Job", "Secret", "Job"], rendering.Requests.Select(static request => (string)request.Body["kind"]!));
        Assert.Equal([4, 4], rendering.Requests.Where(static request => (string?)request.Body["kind"] == "Job").Select(static request => (int)request.Body["spec"]!["backoffLimit"]!));
        Assert.Equal(2, rendering.Requests.Where(static request => (string?)request.Body["kind"] == "Job").Select(static request => (string)request.Body["metadata"]!["name"]!).Distinct().Count());
        Assert.Empty(rendering.Unsaid);
    }

    [Fact]
    public void Render_ABudget_IsTheNumberThatMustStayReady_AndOfWhatRunsToItsEndIsSaidToBeThePlanesOwn()
    {
        var spec = new WorkloadSpec { Replicas = 4, Disruption = new DisruptionBudget { MaxUnavailable = Domain.Quantities.ReplicaShare.Parse("25%") }, Template = new WorkloadTemplate { Image = "a" } };
        Assignment order = KubernetesRig.Order(4) with { LeastReady = 3, Template = spec.Template };
        OrderRendering rendering = KubernetesRendering.Of(Options, spec, new DesiredAssignment(order, []), new Opener([]));
        JsonObject budget = Assert.Single(rendering.Requests, static request => (string?)request.Body["kind"] == "PodDisruptionBudget").Body;
        Assert.Equal(("policy/v1", 3), ((string?)budget["apiVersion"], (int)budget["spec"]!["minAvailable"]!));
        JsonNode pod = rendering.Requests.Single(static request => (string?)request.Body["kind"] == "Deployment").Body["spec"]!["template"]!;
        foreach ((string key, JsonNode? value) in budget["spec"]!["selector"]!["matchLabels"]!.AsObject()) Assert.Equal((string?)value, (string?)pod["metadata"]!["labels"]![key]);
        Assert.Empty(rendering.Unsaid);
        WorkloadTemplate ends = spec.Template with { Restart = new RestartPolicy { Condition = RestartCondition.Never } };
        OrderRendering jobs = KubernetesRendering.Of(Options, spec with { Template = ends }, new DesiredAssignment(order with { Template = ends }, []), new Opener([]));
        Assert.DoesNotContain(jobs.Requests, static request => (string?)request.Body["kind"] == "PodDisruptionBudget");
        Assert.Equal("spec.disruption", Assert.Single(jobs.Unsaid).Path);
    }

    [Fact]
    public void Render_WhatSuchClustersAreKeptFrom_IsRefusedByItsFields()
    {
        var spec = new WorkloadSpec { Singleton = true, Template = new WorkloadTemplate { Image = "a", Container = new ContainerTemplate { Ulimits = [new Ulimit { Name = "nofile", Soft = 1, Hard = 1 }] } } };
        OrderRendering rendering = KubernetesRendering.Of(Options, spec, new DesiredAssignment(KubernetesRig.Order(1) with { Template = spec.Template }, []), new Opener([]));
        Assert.Empty(rendering.Requests);
        Assert.Equal(["spec.singleton", "spec.template.container.ulimits"], rendering.Refusals.Select(static note => note.Path));
    }

    [Fact]
    public async Task Render_Manifests_ReadBackToWhatTheyWereReadTo()
    {
        List<string> wrong = [], refused = [];
        int compared = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root(), Folder)).Order(StringComparer.Ordinal))
        {
            string called = Path.GetFileNameWithoutExtension(file);
            var read = Assert.IsType<ReadOutcome.Accepted>(await ManifestLoader.LoadAsync([file], () => Stream.Null, "default", ct: TestContext.Current.CancellationToken));
            var opener = new Opener(read.Resources.Select(static declared => declared.Resource));
            foreach (Workload workload in read.Resources.Select(static declared => declared.Resource).OfType<Workload>())
            {
                // What ends is a Job for each replica: none of them is the workload.
                if (JobForm.IsFor(workload.Spec.Template)) continue;
                Assignment order = KubernetesRig.Order(workload.Spec.Replicas ?? 1) with
                {
                    Workload = new(new("acme"), workload.Metadata.Namespace ?? "default", workload.Metadata.Name),
                    Template = workload.Spec.Template,
                };
                OrderRendering rendering = KubernetesRendering.Of(Options, workload.Spec, opener.With(order), opener);
                if (rendering.Refusals.Count > 0)
                {
                    refused.Add($"{called} {workload.Metadata.Name}: {string.Join("; ", rendering.Refusals.Select(static note => $"{note.Path}: {note.Reason}"))}");
                    continue;
                }
                IReadOnlyList<JsonObject> objects = KubernetesRendering.Together([rendering]);
                // A set of several makes claims of its templates, by the names that the plane's have.
                bool templates = objects.Any(static one => one["spec"]?["volumeClaimTemplates"] is not null);
                string yaml = string.Join("---\n", objects.Where(one => !templates || (string?)one["kind"] != "PersistentVolumeClaim").Select(ResourceWriter.ToYaml)).Replace($"\"{OrderRendering.Mask}\"", "Kg==", StringComparison.Ordinal)
                    // So the plane replaces pods itself, which no manifest may ask of it.
                    .Replace("type: OnDelete", "type: RollingUpdate", StringComparison.Ordinal);
                ReadOutcome again = KubernetesReader.Read([("rendered.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(yaml))]);
                if (again is ReadOutcome.Refused { Errors: var errors })
                {
                    wrong.Add($"{called} {workload.Metadata.Name} is not read again: {string.Join("; ", errors)}");
                    continue;
                }
                Workload back = ((ReadOutcome.Accepted)again).Resources.Select(static declared => declared.Resource).OfType<Workload>().Single();
                if ((workload.Spec.Replicas ?? 1) != (back.Spec.Replicas ?? 1)) wrong.Add($"{called} {workload.Metadata.Name}: {workload.Spec.Replicas} replicas became {back.Spec.Replicas}");
                if (workload.Spec.Template.ImagePullSecrets?.Count != back.Spec.Template.ImagePullSecrets?.Count) wrong.Add($"{called} {workload.Metadata.Name}: not as many logins");
                Compare(Asked(Template(workload)), Template(back), $"{called} {workload.Metadata.Name}: ", "", wrong);
                foreach ((string name, string value) in workload.Spec.Template.Environment ?? new Dictionary<string, string>())
                    if (back.Spec.Template.Environment?.GetValueOrDefault(name) != value) wrong.Add($"{called} {workload.Metadata.Name}: environment {name}: {value} became {back.Spec.Template.Environment?.GetValueOrDefault(name)}");
                foreach ((string name, string value) in workload.Spec.Template.Container?.Labels ?? new Dictionary<string, string>())
                    if (back.Spec.Template.Container?.Labels?.GetValueOrDefault(name) != value) wrong.Add($"{called} {workload.Metadata.Name}: the label {name} is lost");
                string[] paths = [.. Files(workload)];
                if (paths.Except(Files(back)).ToArray() is { Length: > 0 } gone) wrong.Add($"{called} {workload.Metadata.Name}: no file at {string.Join(", ", gone)}");
                compared++;
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compared > 60, $"{compared} workloads, refused: {string.Join('\n', refused)}");
    }

    // Where single files lie.
    private static IEnumerable<string> Files(Workload workload) =>
        (workload.Spec.Template.Configs ?? []).Concat(workload.Spec.Template.Secrets ?? []).SelectMany(static reference => reference.Files ?? []).Select(static file => file.Path);

    // Without a check the first port must accept a connection, as everywhere; there it is said. What hides an image's folder below files is an empty one there.
    private static JsonNode Asked(JsonNode template)
    {
        if (template["healthCheck"] is null && (template["ports"] as JsonArray)?.FirstOrDefault(static port => (string?)port!["protocol"] != "udp") is { } first)
            template["healthCheck"] = JsonSerializer.SerializeToNode(new HealthCheck { Tcp = new TcpCheck { Port = (string?)first["name"] } }, DomainJson.Options);
        if ((string?)template["container"]?["kubernetes"]?["extra"]?["container.volumeMounts"] is { } hiding)
            template["container"]!["scratch"] = new JsonArray([.. (template["container"]!["scratch"] as JsonArray ?? []).Select(static path => path!.DeepClone()), .. JsonNode.Parse(hiding)!.AsArray().Select(static mount => mount!["mountPath"]!.DeepClone())]);
        return template;
    }

    private static JsonNode Template(Workload workload) => ResourceWriter.ToNode(workload)["spec"]!["template"]!;

    private static void Compare(JsonNode? before, JsonNode? after, string of, string path, List<string> wrong)
    {
        if (JsonNode.DeepEquals(before, after) || Otherwise.Any(other => other.Path == path)) return;
        if (before is JsonObject or null && after is JsonObject or null && (before ?? after) is JsonObject)
        {
            JsonObject a = before as JsonObject ?? [], b = after as JsonObject ?? [];
            foreach (string key in a.Select(static member => member.Key).Union(b.Select(static member => member.Key))) Compare(a[key], b[key], of, path.Length == 0 ? key : $"{path}.{key}", wrong);
        }
        else if (!(IsUsual(before) && IsUsual(after))) wrong.Add($"{of}{path}: {before?.ToJsonString() ?? "nothing"} became {after?.ToJsonString() ?? "nothing"}");
    }

    private static bool IsUsual(JsonNode? node) => node is null || node.ToJsonString() is "false" or "[]" or "{}" or "\"replicated\"";

    // What is wanted and not there; a server adds what is usual.
    private static void Within(JsonNode? wanted, JsonNode? live, string path, List<string> missing)
    {
        if (wanted is JsonObject members && live is JsonObject there)
        {
            foreach ((string name, JsonNode? value) in members) Within(value, there[name], $"{path}.{name}", missing);
        }
        else if (wanted is JsonArray list && live is JsonArray items && list.Count == items.Count)
        {
            for (int i = 0; i < list.Count; i++) Within(list[i], items[i], $"{path}[{i}]", missing);
        }
        else if (!JsonNode.DeepEquals(wanted, live)) missing.Add($"{path}: {wanted?.ToJsonString()} is {live?.ToJsonString() ?? "not there"}");
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder!;
    }

    // The Configs and Secrets of files, and any other with the keys that are asked of it.
    private sealed class Opener(IEnumerable<Resource> resources) : IMaterialOpener
    {
        private readonly Dictionary<string, IReadOnlyDictionary<string, byte[]>> _files = resources.Where(static resource => resource is Config or Secret).ToDictionary(
            static resource => $"{resource.Kind}/{resource.Metadata.Name}",
            static resource => Of(resource is Config config ? config.Spec : ((Secret)resource).Spec));

        public DesiredAssignment With(Assignment order)
        {
            foreach ((string kind, IReadOnlyList<FileReference>? list) in new[] { ("Config", order.Template.Configs), ("Secret", order.Template.Secrets) })
                foreach (FileReference reference in list ?? []) _files.TryAdd($"{kind}/{reference.Name}", (reference.Files ?? []).Select(static file => file.Key ?? "key").DefaultIfEmpty("key").Distinct().ToDictionary(static key => key, static _ => "x"u8.ToArray()));
            return new DesiredAssignment(order, [.. _files.Keys.Select(static key => key.Split('/')).Select(static one => new SealedFiles(one[0], one[1], 1, Encoding.UTF8.GetBytes(one[1])))]);
        }

        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files)
        {
            if (_files.TryGetValue($"{files.Kind}/{files.Name}", out IReadOnlyDictionary<string, byte[]>? known)) return known.ToDictionary(static file => file.Key, static file => (byte[])file.Value.Clone());
            string[] pair = Encoding.UTF8.GetString(files.Box.Span).Split('=');
            return new Dictionary<string, byte[]> { [pair[0]] = Encoding.UTF8.GetBytes(pair[1]) };
        }

        private static IReadOnlyDictionary<string, byte[]> Of(MaterialSpec spec) =>
            (spec.Data ?? new Dictionary<string, string>()).Select(static one => (one.Key, Encoding.UTF8.GetBytes(one.Value)))
            .Concat((spec.BinaryData ?? new Dictionary<string, string>()).Select(static one => (one.Key, Convert.FromBase64String(one.Value)))).ToDictionary(static one => one.Key, static one => one.Item2);
    }
}
