using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Federation.TestKit.Kubernetes.Double;

public sealed partial class KubernetesDouble
{
    private JsonObject Existing(ApiKind kind, string? space, string name) => _store.Find(kind.Storage, space, name) ?? throw ApiFailure.NotFound(kind, name);

    // As this version of the API shows it.
    private static JsonObject Shown(JsonObject item, ApiKind kind)
    {
        JsonObject shown = item.Copy();
        shown["kind"] = kind.Kind;
        shown["apiVersion"] = kind.ApiVersion;
        return shown;
    }

    private (int, JsonObject) Create(HttpRequest request, ApiKind kind, string? space, JsonObject body)
    {
        Options(request, "CreateOptions");
        OfKind(kind, body);
        JsonObject item = KnownFields.Pruned(kind, body);
        JsonObject metadata = item.Meta();
        if (metadata["name"] is null && metadata.Text("generateName") is { } prefix) metadata["name"] = prefix + Defaulting.Suffix(++_names + 7919);
        Located(kind, space, item, null);
        foreach (string name in new[] { "uid", "resourceVersion", "creationTimestamp", "managedFields", "generation" }) metadata.Remove(name);
        item.Remove("status");
        Fill(kind, item, null);
        Validation.Check(kind, item, null);
        if (_store.Find(kind.Storage, space, item.Name()) is not null) throw ApiFailure.Exists(kind, item.Name());
        FieldOwnership.Record(null, item, ManagerOf(request), kind.ApiVersion, _store.Now);
        if (IsDry(request)) return (201, Shown(Dry(item), kind));
        return (201, Shown(_store.Add(kind.Storage, item), kind));
    }

    private (int, JsonObject) Replace(HttpRequest request, ApiKind kind, string? space, string name, JsonObject body, bool ofStatus)
    {
        Options(request, "UpdateOptions");
        OfKind(kind, body);
        JsonObject live = Existing(kind, space, name), item = KnownFields.Pruned(kind, body);
        Located(kind, space, item, name);
        if (body.Text("metadata.uid") is { } uid && uid != live.Uid())
            throw ApiFailure.Of(409, "Conflict", $"Operation cannot be fulfilled on {kind.Qualified()} \"{name}\": StorageError: invalid object, Code: 4, Key: /registry/{kind.Plural}/{space}/{name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Uid()}", ApiFailure.Details(name, kind.Group, kind.Plural));
        return Write(request, kind, live, item, ofStatus);
    }

    private (int, JsonObject) Patch(HttpRequest request, ApiKind kind, string? space, string name, JsonNode? body, bool ofStatus)
    {
        Options(request, "PatchOptions");
        string type = request.ContentType!.Split(';')[0].Trim();
        bool force = request.Query["force"] == "true";
        if (type != "application/apply-patch+yaml")
        {
            if (request.Query.ContainsKey("force")) throw ApiFailure.Invalid("PatchOptions", "meta.k8s.io", "", Cause.Forbidden("force", "may not be specified for non-apply patch"));
            if (request.Query["timeout"] == "1ns") throw ApiFailure.Text(504, """{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}""" + "\n");
            JsonObject live = Existing(kind, space, name), next = Shown(live, kind);
            if (type == "application/json-patch+json") JsonPatch(next, (JsonArray)body!);
            else Merge(next, (JsonObject)body!, strategic: type.Contains("strategic", StringComparison.Ordinal), "");
            return Write(request, kind, live, next, ofStatus);
        }
        if (request.Query["fieldManager"].Count == 0) throw ApiFailure.Invalid("PatchOptions", "meta.k8s.io", "", Cause.Required("fieldManager", "is required for apply patch"));
        JsonObject apply = body as JsonObject ?? [];
        if (apply.Text("apiVersion") != kind.ApiVersion) throw ApiFailure.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {apply.Text("apiVersion")}, expected: {kind.ApiVersion}");
        if (apply.At("metadata.managedFields") is not null) throw ApiFailure.BadRequest("metadata.managedFields must be nil");
        Schema(kind, apply);
        JsonObject located = apply.Copy();
        Located(kind, space, located, name);
        // Null stores an empty value.
        Nulls(located, "");
        JsonObject? there = _store.Find(kind.Storage, space, name);
        if (there is null)
        {
            if (located.Meta()["resourceVersion"] is not null) throw ApiFailure.Modified(kind, name);
            // To make an object by an apply is a right of its own.
            Require(kind, new ApiCall("create", kind.Group, kind.Plural, space, name));
            JsonObject made = FieldOwnership.Apply(null, located, request.Query["fieldManager"]!, kind.ApiVersion, force, _store.Now);
            Fill(kind, made, null);
            Validation.Check(kind, made, null);
            return (201, Shown(IsDry(request) ? Dry(made) : _store.Add(kind.Storage, made), kind));
        }
        if (located.Text("metadata.resourceVersion") is { } version && version != there.Text("metadata.resourceVersion")) throw ApiFailure.Modified(kind, name);
        if (located.Text("metadata.uid") is { } uid && uid != there.Uid())
        {
            Cause cause = Cause.Invalid("metadata.uid", $"\"{uid}\"", "field is immutable");
            throw ApiFailure.Invalid(kind.Kind, kind.Group, name, cause, cause);
        }
        foreach (string own in new[] { "resourceVersion", "uid", "creationTimestamp" }) located.Meta().Remove(own);
        JsonObject result = FieldOwnership.Apply(Shown(there, kind), located, request.Query["fieldManager"]!, kind.ApiVersion, force, _store.Now);
        return Store(request, kind, there, result);
    }

    private (int, JsonObject) Write(HttpRequest request, ApiKind kind, JsonObject live, JsonObject next, bool ofStatus)
    {
        if (next.Text("metadata.resourceVersion") is { Length: > 0 } version && version != live.Text("metadata.resourceVersion")) throw ApiFailure.Modified(kind, live.Name());
        JsonObject metadata = next.Meta();
        foreach (string name in new[] { "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "managedFields" })
        {
            if (name == "managedFields" && metadata[name] is not null && request.ContentType!.StartsWith("application/json-patch", StringComparison.Ordinal)) continue;
            if (live.Meta()[name] is { } had) metadata[name] = had.DeepClone();
            else metadata.Remove(name);
        }
        if (ofStatus)
        {
            JsonObject whole = Shown(live, kind);
            whole["status"] = next["status"]?.DeepClone();
            next = whole;
        }
        else if (live["status"] is { } status)
        {
            next["status"] = status.DeepClone();
        }
        if (!ofStatus && Json.Same(metadata["managedFields"], live.At("metadata.managedFields"))) FieldOwnership.Record(live, next, ManagerOf(request), kind.ApiVersion, _store.Now);
        return Store(request, kind, live, next);
    }

    private (int, JsonObject) Store(HttpRequest request, ApiKind kind, JsonObject live, JsonObject next)
    {
        Fill(kind, next, live);
        foreach (string name in new[] { "uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp" })
            if (live.Meta()[name] is { } had) next.Meta()[name] = had.DeepClone();
        next["apiVersion"] = live["apiVersion"]?.DeepClone();
        Validation.Check(kind, next, live);
        if (Defaulting.HasGeneration(kind.Kind) && !Json.Same(live["spec"], next["spec"])) next.Meta()["generation"] = (live.Number("metadata.generation") ?? 0) + 1;
        // Nothing is written where nothing changes but times.
        if (Json.Same(Timeless(live), Timeless(next))) return (200, Shown(live, kind));
        return (200, Shown(IsDry(request) ? next : _store.Update(kind.Storage, next), kind));

        static JsonObject Timeless(JsonObject item)
        {
            JsonObject copy = item.Copy();
            foreach (JsonObject entry in copy.Items("metadata.managedFields")) entry.Remove("time");
            return copy;
        }
    }

    private (int, JsonObject) Delete(HttpRequest request, ApiKind kind, string? space, string name, JsonObject? options)
    {
        string? policy = options.Text("propagationPolicy") ?? (string?)request.Query["propagationPolicy"];
        if (policy is not (null or "Foreground" or "Background" or "Orphan"))
            throw ApiFailure.Invalid("DeleteOptions", "meta.k8s.io", "", Cause.Unsupported("propagationPolicy", $"\"{policy}\"", "Foreground", "Background", "Orphan", "nil"));
        JsonObject live = Existing(kind, space, name);
        if (kind.Plural == "namespaces" && name is "default" or "kube-system" or "kube-public") throw ApiFailure.Forbidden(kind, name, "this namespace may not be deleted");
        if (options.Text("preconditions.uid") is { } uid && uid != live.Uid())
            throw ApiFailure.Of(409, "Conflict", $"Operation cannot be fulfilled on {kind.Kind}{(kind.Group.Length > 0 ? "." + kind.Group : "")} \"{name}\": the UID in the precondition ({uid}) does not match the UID in record ({live.Uid()}). The object might have been deleted and then recreated", ApiFailure.Details(name, kind.Group, kind.Kind));
        if (options.Text("preconditions.resourceVersion") is { } version && version != live.Text("metadata.resourceVersion"))
            throw ApiFailure.Of(409, "Conflict", $"Operation cannot be fulfilled on {kind.Kind}{(kind.Group.Length > 0 ? "." + kind.Group : "")} \"{name}\": the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({live.Text("metadata.resourceVersion")}). The object might have been modified", ApiFailure.Details(name, kind.Group, kind.Kind));
        bool isDry = IsDry(request) || (options?["dryRun"] as JsonArray)?.Count > 0;
        int? grace = options.Number("gracePeriodSeconds") ?? (int.TryParse(request.Query["gracePeriodSeconds"], CultureInfo.InvariantCulture, out int asked) ? asked : null);
        JsonObject? left = isDry ? null : _controllers.Delete(kind.Storage, live, policy, grace);
        if (left is not null) return (200, Shown(left, kind));
        // A pod is answered with itself, however it goes.
        if (kind.Plural == "pods") return (200, Shown(live, kind));
        JsonObject details = ApiFailure.Details(name, kind.Group, kind.Plural);
        details["uid"] = live.Uid();
        return (200, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details });
    }

    private (int, JsonObject) DeleteAll(HttpRequest request, ApiKind kind, string? space)
    {
        Func<JsonObject, bool> labels = Selectors.Labels(request.Query["labelSelector"]), fields = Selectors.Fields(kind, request.Query["fieldSelector"]);
        string revision = _store.Revision.ToString(CultureInfo.InvariantCulture);
        JsonObject[] gone = [.. _store.List(kind.Storage, space).Where(item => labels(item) && fields(item))];
        foreach (JsonObject item in gone) _controllers.Delete(kind.Storage, item, null, null);
        return (200, new JsonObject { ["kind"] = kind.Kind + "List", ["apiVersion"] = kind.ApiVersion, ["metadata"] = new JsonObject { ["resourceVersion"] = revision }, ["items"] = new JsonArray([.. gone.Select(Bare)]) });
    }

    private (int, JsonObject) ScaleOf(HttpRequest request, ApiKind kind, string space, string name, JsonObject? body)
    {
        JsonObject live = _store.Find(kind.Storage, space, name) ?? throw ApiFailure.NotFound(kind, name, "scale");
        if (request.Method != HttpMethods.Get)
        {
            int replicas = body.Number("spec.replicas") ?? live.Number("spec.replicas") ?? 0;
            if (body.Text("metadata.resourceVersion") is { } version && version != live.Text("metadata.resourceVersion")) throw ApiFailure.Modified(kind, name);
            if (replicas < 0) throw ApiFailure.Invalid("Scale", "autoscaling", name, Cause.Invalid("spec.replicas", replicas.ToString(CultureInfo.InvariantCulture), "must be greater than or equal to 0"));
            if (live.Number("spec.replicas") != replicas)
            {
                // On 1.21 this moves no ownership.
                JsonObject next = live.Copy();
                next.Child("spec")["replicas"] = replicas;
                next.Meta()["generation"] = (live.Number("metadata.generation") ?? 0) + 1;
                live = _store.Update(kind.Storage, next);
            }
        }
        var metadata = new JsonObject();
        foreach (string member in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" }) metadata[member] = live.Meta()[member]?.DeepClone();
        return (200, new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = live.Number("spec.replicas") is > 0 and var wanted ? new JsonObject { ["replicas"] = wanted } : [],
            ["status"] = new JsonObject { ["replicas"] = live.Number("status.replicas") ?? 0, ["selector"] = string.Join(',', (live.At("spec.selector.matchLabels") as JsonObject ?? []).Select(static pair => $"{pair.Key}={pair.Value}")) },
        });
    }

    private (int, JsonObject) Evict(ApiKind kind, string space, string name, JsonObject body)
    {
        if (body.Text("apiVersion") != "policy/v1beta1") throw ApiFailure.BadRequest($"no kind \"Eviction\" is registered for version \"{body.Text("apiVersion")}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
        if (body.Name() != name) throw ApiFailure.BadRequest("name in URL does not match name in Eviction object");
        JsonObject pod = Existing(kind, space, name);
        JsonObject[] budgets = [.. _store.List("policy/poddisruptionbudgets", space).Where(budget => Selectors.Matches(pod.At("metadata.labels") as JsonObject, budget.At("spec.selector")))];
        if (budgets.Length > 1) throw ApiFailure.Of(500, null, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        bool counts = !pod.IsGoing() && pod.Text("status.phase") is not ("Succeeded" or "Failed" or "Pending");
        if (budgets.Length == 1 && counts)
        {
            JsonObject budget = budgets[0];
            if ((budget.Number("status.disruptionsAllowed") ?? 0) <= 0)
                throw ApiFailure.Of(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", new JsonObject
                {
                    ["causes"] = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = $"The disruption budget {budget.Name()} needs {budget.Number("status.desiredHealthy")} healthy pods and has {budget.Number("status.currentHealthy")} currently" }),
                });
        }
        bool isDry = (body.At("deleteOptions.dryRun") as JsonArray)?.Count > 0;
        if (!isDry) _controllers.Delete(kind.Storage, pod, null, body.Number("deleteOptions.gracePeriodSeconds"));
        return (201, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 });
    }

    private void Fill(ApiKind kind, JsonObject item, JsonObject? before)
    {
        Defaulting.Fill(kind, item, before, () => string.Create(CultureInfo.InvariantCulture, $"10.43.{++_addresses / 250}.{(_addresses % 250) + 1}"), () => NewNodePort(item));
        if (kind.Kind != "Pod" || before is not null) return;
        if (_store.Find("/serviceaccounts", item.Space(), item.Text("spec.serviceAccountName") ?? "default") is null && item.Text("spec.serviceAccountName") is { } account and not "default")
            throw ApiFailure.Forbidden(kind, item.Name(), $"error looking up service account {item.Space()}/{account}: serviceaccount \"{account}\" not found");
        if (item.Text("spec.priorityClassName") is { } priority && _store.Find("scheduling.k8s.io/priorityclasses", null, priority) is null) throw ApiFailure.Forbidden(kind, item.Name(), $"no PriorityClass with name {priority} was found");
        Defaulting.Admit(item, Defaulting.Suffix(++_names));
    }

    // One that no Service has.
    private int NewNodePort(JsonObject item)
    {
        HashSet<int> taken = [.. _store.List("/services", null).Append(item).SelectMany(static service => service.Items("spec.ports")).Select(static port => port.Number("nodePort") ?? 0)];
        for (int i = 0; i < NodePorts.Count; i++)
            if (NodePorts.First + (_ports++ % NodePorts.Count) is var port && !taken.Contains(port)) return port;
        const string full = "failed to allocate a nodePort: range is full";
        throw ApiFailure.Of(500, "InternalError", $"Internal error occurred: {full}", new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = full }) });
    }

    private void Located(ApiKind kind, string? space, JsonObject item, string? name)
    {
        JsonObject metadata = item.Meta();
        metadata.Default("name", name);
        if (name is not null && item.Name() != name) throw ApiFailure.BadRequest($"the name of the object ({item.Name()}) does not match the name on the URL ({name})");
        if (space is not null)
        {
            if (item.Space() is { } own && own != space) throw ApiFailure.BadRequest($"the namespace of the object ({own}) does not match the namespace on the request ({space})");
            metadata["namespace"] = space;
            JsonObject? there = _store.Find("/namespaces", null, space);
            bool exists = name is not null && _store.Find(kind.Storage, space, name) is not null;
            if (there is null && !exists) throw ApiFailure.NotFound(ApiCatalog.Of("", "namespaces"), space);
            if (there?.IsGoing() == true && !exists)
                throw ApiFailure.Forbidden(kind, item.Name(), $"unable to create new content in namespace {space} because it is being terminated",
                    new JsonArray(new JsonObject { ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {space} is being terminated", ["field"] = "metadata.namespace" }));
        }
    }

    private static void OfKind(ApiKind kind, JsonObject body)
    {
        if (body.Text("kind") is { } named && named != kind.Kind) throw ApiFailure.BadRequest($"{named} in version \"{body.Text("apiVersion")}\" cannot be handled as a {kind.Kind}");
        if (body.Text("apiVersion") is { } version && version != kind.ApiVersion) throw ApiFailure.BadRequest($"{kind.Kind} in version \"{version}\" cannot be handled as a {kind.Kind}: no kind \"{kind.Kind}\" is registered for version \"{version}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
        if (kind.Kind is "ConfigMap" or "Secret" && (body["data"] as JsonObject ?? []).Any(static pair => pair.Value is not JsonValue value || !value.TryGetValue(out string? _)))
            throw ApiFailure.BadRequest($"{kind.Kind} in version \"v1\" cannot be handled as a {kind.Kind}: v1.{kind.Kind}.Data: ReadString: expects \" or n");
        foreach (JsonObject container in body.Items("spec.containers"))
            foreach (string part in new[] { "limits", "requests" })
                foreach ((string _, JsonNode? value) in container.At($"resources.{part}") as JsonObject ?? []) Quantities.Of(value);
    }

    // What does not fit the schema: an apply answers 500 where a POST answers 400.
    private static void Schema(ApiKind kind, JsonObject body)
    {
        // The body's own kind says what belongs into it, whatever the path says.
        kind = ApiCatalog.All.FirstOrDefault(one => one.Kind == body.Text("kind") && one.ApiVersion == body.Text("apiVersion")) ?? kind;
        if (FieldOwnership.Duplicate(body, "", "") is { } twice) throw Untyped(twice);
        List<string> unknown = [.. KnownFields.Unknown(kind, body)];
        if (unknown.Count == 1) throw Untyped($"{unknown[0]}: field not declared in schema");
        if (unknown.Count > 1) throw Untyped($"errors:\n{string.Concat(unknown.Select(static path => $"  {path}: field not declared in schema\n"))}");
        foreach (JsonObject container in body.Items("spec.template.spec.containers").Concat(body.Items("spec.containers")))
            foreach (JsonObject variable in container.Items("env"))
                if (variable["value"] is JsonValue value && !value.TryGetValue(out string? _))
                    throw Untyped($".spec.template.spec.containers[name=\"{container.Text("name")}\"].env[name=\"{variable.Text("name")}\"].value: expected string, got &value.valueUnstructured{{Value:{value.ToJsonString()}}}");

        static ApiFailure Untyped(string what) => ApiFailure.Of(500, null, "failed to create typed patch object: " + what);
    }

    private static void Nulls(JsonObject node, string path)
    {
        foreach ((string name, JsonNode? value) in node.ToArray())
        {
            string at = $"{path}.{name}";
            if (value is JsonObject inner) Nulls(inner, at);
            else if (value is null && at is ".metadata.creationTimestamp") node.Remove(name);
            else if (value is null && path is ".data" or ".stringData" or ".metadata.labels" or ".metadata.annotations") node[name] = "";
            else if (value is null) node.Remove(name);
        }
    }

    private static void Options(HttpRequest request, string kind)
    {
        if (request.Query["dryRun"] is { Count: > 0 } dry && dry != "All")
            throw ApiFailure.Invalid(kind, "meta.k8s.io", "", new Cause("FieldValueNotSupported", "dryRun", $"Unsupported value: []string{{\"{dry}\"}}: supported values: \"All\""));
    }

    private static bool IsDry(HttpRequest request) => request.Query["dryRun"] == "All";

    private JsonObject Dry(JsonObject item)
    {
        item.Meta().Default("uid", _store.NewUid());
        item.Meta().Default("creationTimestamp", _store.Now);
        return item;
    }

    private static string ManagerOf(HttpRequest request) =>
        request.Query["fieldManager"] is { Count: > 0 } named ? named.ToString() : request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent.Split('/')[0] : "unknown";

    private static void Merge(JsonObject into, JsonObject patch, bool strategic, string path)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            string at = path.Length == 0 ? name : $"{path}.{name}";
            if (name.StartsWith('$')) continue;
            if (value is null) into.Remove(name);
            else if (value is JsonObject members)
            {
                if (into[name] is not JsonObject) into[name] = new JsonObject();
                Merge((JsonObject)into[name]!, members, strategic, at);
            }
            else if (strategic && value is JsonArray items && StrategicKey(at) is { } key)
            {
                JsonArray there = into[name] as JsonArray ?? [];
                if (into[name] is null) into[name] = there;
                foreach (JsonObject item in items.OfType<JsonObject>())
                {
                    JsonObject? same = there.OfType<JsonObject>().FirstOrDefault(other => other.Text(key) == item.Text(key));
                    if (item.Text("$patch") == "delete") there.Remove(same);
                    else if (same is not null) Merge(same, item, strategic, at);
                    else there.Add(item.Copy());
                }
            }
            else into[name] = value.DeepClone();
        }
    }

    private static string? StrategicKey(string path) => path.EndsWith(".taints", StringComparison.Ordinal) ? "key" : path.EndsWith(".ports", StringComparison.Ordinal) ? null : FieldOwnership.KeysOf(path) is [var key, ..] ? key : null;

    private static void JsonPatch(JsonObject item, JsonArray patch)
    {
        foreach (JsonObject step in patch.OfType<JsonObject>())
        {
            string[] parts = [.. step.Text("path")!.Split('/').Skip(1).Select(static part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
            JsonNode? parent = item;
            foreach (string part in parts[..^1]) parent = parent is JsonArray list ? int.TryParse(part, CultureInfo.InvariantCulture, out int at) && at < list.Count ? list[at] : null : (parent as JsonObject)?[part];
            string last = parts[^1];
            JsonNode? there = parent is JsonArray array ? int.TryParse(last, CultureInfo.InvariantCulture, out int index) && index < array.Count ? array[index] : null : (parent as JsonObject)?[last];
            string op = step.Text("op")!;
            bool refused = parent is null || (op is "remove" or "replace" && there is null && !(parent as JsonObject ?? []).ContainsKey(last)) || (op == "test" && !Json.Same(there, step["value"]));
            if (refused) throw ApiFailure.Of(422, "Invalid", "the server rejected our request due to an error in our request", []);
            if (op == "test") continue;
            if (parent is JsonArray items)
            {
                if (op == "remove") items.RemoveAt(int.Parse(last, CultureInfo.InvariantCulture));
                else if (op == "replace") items[int.Parse(last, CultureInfo.InvariantCulture)] = step["value"]?.DeepClone();
                else if (last == "-") items.Add(step["value"]?.DeepClone());
                else items.Insert(int.Parse(last, CultureInfo.InvariantCulture), step["value"]?.DeepClone());
            }
            else if (op == "remove") ((JsonObject)parent!).Remove(last);
            else ((JsonObject)parent!)[last] = step["value"]?.DeepClone();
        }
    }
}
