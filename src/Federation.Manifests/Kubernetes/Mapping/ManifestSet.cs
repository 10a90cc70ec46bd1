using System.Text.Json.Nodes;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Fields;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Kubernetes.Values;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <summary>Everything that is applied together, and what resources come of it.</summary>
internal sealed class ManifestSet(string defaultNamespace, InputErrors errors)
{
    /// <summary>The annotation that gives a Service or Ingress its host.</summary>
    public const string HostAnnotation = "federation/host";

    /// <summary>The annotation that names a workload's placement policy.</summary>
    public const string PolicyAnnotation = "federation/placement-policy";

    // What kubectl keeps for itself; of a Secret it holds the values.
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    // The name of a namespace, as a server writes it to its labels.
    private const string OwnName = "kubernetes.io/metadata.name";

    private static readonly string[] Workloads = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"];

    private readonly List<ManifestObject> _objects = [];
    private readonly List<ResourceDraft> _drafts = [];
    private readonly Dictionary<(string Kind, string Namespace, string Name), KeyPlace> _taken = [];
    private readonly Dictionary<(string Kind, string Namespace, string Name), Material> _materials = [];
    private readonly Dictionary<(string Namespace, string Name), ManifestObject> _accounts = [];
    private readonly Dictionary<(string Namespace, string Name), ManifestObject> _claims = [];
    private readonly List<WorkloadMapper> _workloads = [];

    /// <summary>The domain under which Services and Ingresses have hosts of their own.</summary>
    public const string Domain = "localhost";

    public InputErrors Errors => errors;

    /// <summary>Adds an object; what is wrong with it alone is told.</summary>
    public void Add(string kind, ManifestDocument document)
    {
        int before = errors.Count;
        var check = new FieldCheck(kind, document, errors);
        IReadOnlyList<CarriedField> carried = check.Run();
        ManifestView name = check.Root["metadata"]["name"];
        if (name.Text is not { Length: > 0 } text)
        {
            if (check.Root["metadata"].Node is null or Nodes.MappingNode && !check.Root["metadata"]["generateName"].IsThere) name.Refuse("the field is required", "add metadata: { name: NAME }");
            return;
        }
        string room = kind == "Namespace" ? "" : check.Root["metadata"]["namespace"].Text is { Length: > 0 } own ? own : defaultNamespace;
        if (_objects.Find(other => other.Kind == kind && other.Name == text && other.Namespace == room) is { } twin)
        {
            name.Refuse($"{twin.Title} is declared already in {twin.View.Place.At.Source}:{twin.View.Place.At.Line.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "remove one, or give it another name");
            return;
        }
        if (errors.Count == before) _objects.Add(new(kind, text, room, check.Root, carried));
    }

    /// <summary>The resources, in the order of application; where an object is not sound, what is wrong with the others as far as they do not lead to it.</summary>
    public IReadOnlyList<DeclaredResource> Map()
    {
        bool sound = errors.Count == 0;
        foreach (ManifestObject item in Of("Namespace")) MapNamespace(item);
        foreach (ManifestObject item in Of("ConfigMap")) MapMaterial(item, "Config");
        foreach (ManifestObject item in Of("Secret")) MapMaterial(item, "Secret");
        foreach (ManifestObject item in Of("PersistentVolumeClaim"))
        {
            Begin("Volume", item);
            _claims[(item.Namespace, item.Name)] = item;
        }
        foreach (ManifestObject item in Of("ServiceAccount")) MapAccount(item);
        foreach (ManifestObject item in _objects.Where(static item => Workloads.Contains(item.Kind)))
        {
            var workload = new WorkloadMapper(this, item);
            workload.Map();
            _workloads.Add(workload);
        }
        if (sound) MapBetween();
        foreach (WorkloadMapper workload in _workloads) workload.Finish();
        return [.. _drafts.Select(draft => draft.Finish(errors)).OfType<DeclaredResource>().OrderBy(static declared => declared.Kind.ApplyOrder)];
    }

    // What leads from one object to another says something only where all are there.
    private void MapBetween()
    {
        var services = new ServiceMapper(this, _workloads);
        foreach (ManifestObject item in Of("Service")) services.Map(item);
        foreach (ManifestObject item in Of("Ingress")) new IngressMapper(this, services, item).Map();
        foreach (ManifestObject item in Of("PodDisruptionBudget")) MapBudget(item);
        foreach (ManifestObject item in Of("HorizontalPodAutoscaler")) MapScaler(item);
        foreach (ManifestObject item in Of("NetworkPolicy")) MapNetworkPolicy(item);
        foreach (ManifestObject claim in _claims.Values) MapClaim(claim);
    }

    /// <summary>Begins a resource of an object, with its metadata; two of one name are told.</summary>
    public ResourceDraft Begin(string kind, ManifestObject item)
    {
        ResourceDraft draft = Begin(kind, NameOf(item.Name), item, item.View["metadata"]["name"]);
        if (draft.Name != item.Name) item.View["metadata"]["name"].Warn($"in the plane it is named {draft.Name}");
        Label(draft, item);
        return draft;
    }

    /// <summary>Gives a resource the labels and annotations of the object that it comes of.</summary>
    public void Label(ResourceDraft draft, ManifestObject item)
    {
        foreach ((string key, ManifestView value) in item.View["metadata"]["labels"].Entries) draft.Put("metadata.labels", key, value.Text ?? "", value.Place);
        foreach ((string key, ManifestView value) in item.View["metadata"]["annotations"].Entries)
        {
            if (key == LastApplied) continue;
            draft.Put("metadata.annotations", key, value.Text ?? "", value.Place);
        }
    }

    /// <summary>Whether a resource of that name has been begun.</summary>
    public bool IsTaken(string kind, string room, string name) => _taken.ContainsKey((kind, room, name));

    /// <summary>Begins a resource in an object's namespace.</summary>
    public ResourceDraft Begin(string kind, string name, ManifestObject item, ManifestView from)
    {
        if (!_taken.TryAdd((kind, item.Namespace, name), from.Place))
            from.Refuse($"its {kind} would be named {name}, as that of {_taken[(kind, item.Namespace, name)].At.Source}:{_taken[(kind, item.Namespace, name)].At.Line.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "in the plane what runs has one name for all kinds; change one");
        var draft = new ResourceDraft(kind, name, stack: null, item.View.Place);
        ManifestView room = item.View["metadata"]["namespace"];
        if (item.Kind != "Namespace" && room.Text is { Length: > 0 } text) draft.Set("metadata.namespace", text, room.Place);
        draft.Note("metadata.name", from.Place);
        _drafts.Add(draft);
        return draft;
    }

    /// <summary>The plane's name for an object's, which may be longer and hold dots.</summary>
    public static string NameOf(string name) => ForeignNames.Within(ForeignNames.Of(name));

    /// <summary>A ConfigMap or Secret of the set; null if it is not among the files.</summary>
    public Material? Find(string kind, string room, string name) => _materials.GetValueOrDefault((kind, room, name));

    /// <summary>Whether an account is among the files.</summary>
    public bool HasAccount(string room, string name) => _accounts.ContainsKey((room, name));

    /// <summary>The pull secrets of an account, as far as it is among the files: those of its pods that name none.</summary>
    public ManifestView? PullsOf(string room, string account) => _accounts.GetValueOrDefault((room, account))?.View["imagePullSecrets"];

    private IEnumerable<ManifestObject> Of(string kind) => _objects.Where(item => item.Kind == kind);

    // Programs of a cluster go by them: what injects a proxy, what admits pods.
    private void MapNamespace(ManifestObject item)
    {
        Begin("Namespace", item);
        foreach (string field in (string[])["labels", "annotations"])
        {
            ManifestView notes = item.View["metadata"][field];
            if (notes.Entries.Any(static entry => entry.Key is not (LastApplied or OwnName))) notes.Warn("no cluster is told of them: there the plane makes a namespace of its own for this one", "write them to that namespace with kubectl, or to the pods");
        }
    }

    private void MapMaterial(ManifestObject item, string kind)
    {
        // As charts have them, for a program of the cluster's own to fill.
        if (kind == "Secret" && !item.View["stringData"].Entries.Any() && !item.View["data"].Entries.Any())
        {
            item.View.Warn("there is nothing in it, and a Secret without a key is not made: what names it waits for it", "give it a key in data or stringData, or make it with fedctl secret create");
            return;
        }
        ResourceDraft draft = Begin(kind, item);
        var keys = new Dictionary<string, string?>(StringComparer.Ordinal);
        draft.Set("spec", new JsonObject(), item.View.Place);
        ManifestView texts = item.View[kind == "Secret" ? "stringData" : "data"], bytes = item.View[kind == "Secret" ? "data" : "binaryData"];
        foreach ((string key, ManifestView value) in texts.Entries)
        {
            draft.Put("spec.data", key, value.Text ?? "", value.Place);
            keys[key] = kind == "Secret" ? null : value.Text ?? "";
        }
        foreach ((string key, ManifestView value) in bytes.Entries)
        {
            // What stands in stringData goes before what stands in data.
            if (kind == "Secret" && keys.ContainsKey(key)) continue;
            draft.Put("spec.binaryData", key, Unbroken(value.Text ?? ""), value.Place);
            keys[key] = null;
        }
        if (kind == "Secret") MapType(item, draft);
        _materials[(item.Kind, item.Namespace, item.Name)] = new(draft.Name, keys);
    }

    // Base64 is often broken into lines.
    private static string Unbroken(string text) => text.AsSpan().IndexOfAny('\n', '\r', ' ') < 0 ? text : new([.. text.Where(static c => !char.IsWhiteSpace(c))]);

    private static void MapType(ManifestObject item, ResourceDraft draft)
    {
        ManifestView type = item.View["type"];
        if (type.Text is not { Length: > 0 } text || text == "Opaque") return;
        if (text == "kubernetes.io/service-account-token") type.Refuse("the plane makes no accounts at a cluster's API", "make it there with kubectl");
        else draft.Put("metadata.annotations", "kubernetes.io/secret-type", text, type.Place);
    }

    private void MapAccount(ManifestObject item)
    {
        item.View["kind"].Warn($"no account at a cluster's API is made: what runs as {item.Name} runs without rights there");
        foreach (CarriedField field in item.Carried) field.View.Warn(field.Field.Detail);
        _accounts[(item.Namespace, item.Name)] = item;
    }

    private void MapBudget(ManifestObject item)
    {
        ManifestView spec = item.View["spec"];
        LabelSelector selector = LabelSelector.Of(spec["selector"]);
        WorkloadMapper[] meant = Meant(item.Namespace, selector, spec["selector"].IsThere);
        if (meant.Length == 0) (spec["selector"].IsThere ? spec["selector"] : item.View["kind"]).Warn($"it selects no workload of these files ({selector}), and changes nothing", "apply it with the workload that it is for");
        if (spec["minAvailable"].IsThere && spec["maxUnavailable"].IsThere)
        {
            spec["maxUnavailable"].Refuse("minAvailable and maxUnavailable exclude each other", "keep one of them");
            return;
        }
        foreach (WorkloadMapper workload in meant)
        {
            // A cluster evicts no pod of which two say how many are to stay.
            if (workload.Draft.Find("spec.disruption") is not null)
            {
                (spec["selector"].IsThere ? spec["selector"] : item.View["kind"]).Refuse($"another budget selects {workload.Object.Title} as well, and a cluster evicts no pod that has two", "keep one of them");
                continue;
            }
            foreach (string key in (string[])["minAvailable", "maxUnavailable"])
            {
                if (spec[key] is { IsThere: true } share) workload.Draft.Set($"spec.disruption.{key}", share.Json, share.Place);
            }
        }
    }

    private void MapScaler(ManifestObject item)
    {
        ManifestView target = item.View["spec"]["scaleTargetRef"], least = item.View["spec"]["minReplicas"];
        WorkloadMapper? workload = _workloads.Find(known => known.Object.Namespace == item.Namespace && known.Object.Kind == target["kind"].Text && known.Object.Name == target["name"].Text);
        if (workload is null) target.Warn("it names no workload of these files, and changes nothing", "apply it with the workload that it is for");
        else if (workload.Draft.Find("spec.replicas") is not null) item.View["kind"].Warn($"the plane does not scale by load: {workload.Object.Title} has the replicas that it declares");
        else if (least.Whole is { } number) workload.Draft.Set("spec.replicas", number, least.Place);
        else target.Warn($"the plane does not scale by load: {workload.Object.Title} has one replica", "write its replicas");
    }

    private void MapNetworkPolicy(ManifestObject item)
    {
        ManifestView spec = item.View["spec"];
        LabelSelector selector = LabelSelector.Of(spec["podSelector"]);
        WorkloadMapper[] meant = Meant(item.Namespace, selector, true);
        if (meant.Length == 0) (spec["podSelector"].IsThere ? spec["podSelector"] : item.View["kind"]).Refuse($"it selects no workload of these files ({selector}), and would keep nobody out", "apply it with the workloads that it is for");
        foreach (WorkloadMapper workload in meant) workload.Need($"policies.{item.Name}", ManifestObject.Part(item.View), spec);
        foreach (CarriedField field in item.Carried.Where(static field => field.Field.Fate == FieldFate.Kept)) field.View.Warn(WorkloadMapper.KeptRule(field.Field.Detail));
        foreach (ManifestView peer in spec["ingress"].Items.SelectMany(static rule => rule["from"].Items).Concat(spec["egress"].Items.SelectMany(static rule => rule["to"].Items)))
        {
            if (peer["namespaceSelector"] is var rooms && rooms.Members.Any()) rooms.Warn("namespaces of the plane have other names in a cluster, and none of their labels: it finds those alone that the cluster has besides", "leave it out to mean workloads of the policy's own namespace");
        }
    }

    private WorkloadMapper[] Meant(string room, LabelSelector selector, bool any) => any ? [.. _workloads.Where(workload => workload.Object.Namespace == room && selector.Matches(workload.Labels))] : [];

    // What a claim says of its storage is told to the clusters of the workloads that use it.
    private void MapClaim(ManifestObject claim)
    {
        WorkloadMapper[] users = [.. _workloads.Where(workload => workload.Object.Namespace == claim.Namespace && workload.Claims.Contains(claim.Name))];
        foreach (CarriedField field in claim.Carried)
        {
            if (users.Length == 0 && field.Field.Fate == FieldFate.Kept) field.View.Refuse($"no workload of these files uses the claim, so that nothing keeps it on Kubernetes clusters: {field.Field.Detail}", "apply it with its workload");
            else if (field.Field.Fate == FieldFate.Kept) field.View.Warn(WorkloadMapper.KeptRule(field.Field.Detail));
            else if (field.Field.Detail.Length > 0) field.View.Warn(WorkloadMapper.CarriedRule(field.Field.Detail));
        }
        bool kept = claim.Carried.Any(static field => field.Field.Fate == FieldFate.Kept);
        foreach (WorkloadMapper workload in users)
        {
            string path = $"claims.{NameOf(claim.Name)}";
            if (kept) workload.Need(path, ManifestObject.Part(claim.View), claim.View["spec"]);
            else workload.Carry(path, ManifestObject.Part(claim.View), claim.View["metadata"]);
        }
    }
}
