using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

public sealed partial class KubernetesReconciler
{
    private const int MostWritesAtOnce = 8;
    private const int MostRepairs = 3;
    private static readonly TimeSpan FirstWordWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RepairsWithin = TimeSpan.FromMinutes(10);

    private readonly Dictionary<AssignmentId, string> _refusals = [];
    private Dictionary<AssignmentId, string> _withheld = [];
    private readonly HashSet<AssignmentId> _moving = [];
    private readonly HashSet<string> _spaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Written> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _beside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _repairs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contested = new(StringComparer.Ordinal);
    private bool _superseded;
    private long _ledgerAt;
    private string? _held;

    // One look and one step; true while something is under way.
    private async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        // Without the plane's id nothing can be told to be ours.
        if (_options.Plane() is not { } plane) return true;
        Orders orders;
        bool heard;
        string? trouble;
        lock (_gate)
        {
            orders = new Orders(_term, _revision, [.. _desired.Values]);
            heard = Look(plane);
            if (heard && _observed.Version > 0) Publish(plane, obeyed: false, orders);
            trouble = _troubles.Where(one => IsNeeded(one.Key)).Select(static one => one.Value).FirstOrDefault();
        }
        if (!heard)
        {
            if (trouble is not null) Unseen(trouble);
            return true;
        }
        if (_silence is not null) LogSeen(_logger);
        Volatile.Write(ref _silence, null);
        try
        {
            Task<bool> obeying = ObeyAsync(plane, orders, cancellationToken);
            await TellMeanwhileAsync(obeying, plane, orders, cancellationToken);
            bool obeyed = await obeying;
            lock (_gate)
            {
                Look(plane);
                Publish(plane, obeyed, orders);
                return !obeyed || IsUnderWay();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Unreachable or FailureKind.Unavailable or FailureKind.Throttled or FailureKind.OutcomeUnknown or FailureKind.Untrusted or FailureKind.Unauthenticated)
        {
            Unseen(e.Message);
            return true;
        }
        catch (Exception e) when (e is KubernetesException or KubeconfigException)
        {
            // A refusal is about what was asked, and is thought over in the next turn.
            if (_held != e.Message) LogHeld(_logger, _held = e.Message);
            lock (_gate) Publish(plane, obeyed: false, orders);
            return true;
        }
    }

    // To make or compare hundreds of Deployments takes a while, and traffic follows what is seen. Only the first word waits longer: that its orders are obeyed is to stand in it where they are.
    private async Task TellMeanwhileAsync(Task obeying, string plane, Orders orders, CancellationToken cancellationToken)
    {
        while (!obeying.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(obeying, Task.Delay(_observed.Version > 0 ? _options.Tick : FirstWordWithin, _time, over.Token));
            over.Cancel();
            if (obeying.IsCompleted || cancellationToken.IsCancellationRequested) return;
            lock (_gate)
                if (Look(plane)) Publish(plane, obeyed: false, orders);
        }
    }

    private void Unseen(string reason)
    {
        if (_silence is null) LogUnseen(_logger, reason);
        Volatile.Write(ref _silence, reason);
        lock (_gate) PublishUnseen(reason);
    }

    // True if the orders are obeyed: all that they end has ended, or is seen ending.
    private async Task<bool> ObeyAsync(string plane, Orders orders, CancellationToken cancellationToken)
    {
        // An agent that never had orders knows nothing of what should end.
        if (orders.Term == 0) return true;
        KubernetesNames names = NamesOf(plane);
        if (!await KeepLedgerAsync(names, orders, cancellationToken)) return false;
        List<Share> shares;
        lock (_gate) shares = Shares(names, orders);
        bool obeyed = true;
        foreach (Share[] some in shares.Chunk(MostWritesAtOnce))
        {
            bool[] done = await Task.WhenAll(some.Select(share => CarryOutAsync(plane, names, share, cancellationToken)));
            obeyed &= done.All(static one => one);
        }
        await PublishAsync(names, shares, cancellationToken);
        return obeyed;
    }

    // The term is in the cluster before anything is done under it.
    private async Task<bool> KeepLedgerAsync(KubernetesNames names, Orders orders, CancellationToken cancellationToken)
    {
        if (_ledgerTerm == orders.Term && !_superseded && _time.GetElapsedTime(_ledgerAt) < _options.IdleTick) return true;
        await EnsureNamespaceAsync(names, _options.SystemNamespace, null, cancellationToken);
        JsonObject? ledger = await _client.FindAsync(ApiResource.ConfigMaps, _options.SystemNamespace, names.Ledger(), cancellationToken);
        long kept = TermOf(ledger);
        lock (_gate) _ledgerTerm = kept;
        _ledgerAt = _time.GetTimestamp();
        if (kept > orders.Term)
        {
            if (!_superseded) LogSuperseded(_logger, kept, orders.Term);
            _superseded = true;
            return false;
        }
        _superseded = false;
        if (kept < orders.Term)
        {
            var metadata = new JsonObject
            {
                ["name"] = names.Ledger(),
                ["namespace"] = _options.SystemNamespace,
                ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner() },
                ["annotations"] = new JsonObject { [KubernetesLabels.Term] = orders.Term.ToString(CultureInfo.InvariantCulture) },
            };
            // Only over the version just read: of two agents one is refused.
            if ((string?)(ledger?["metadata"] as JsonObject)?["resourceVersion"] is { } version) metadata["resourceVersion"] = version;
            var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = metadata };
            if (ledger is null) await _client.CreateAsync(ApiResource.ConfigMaps, _options.SystemNamespace, body, cancellationToken);
            else await _client.ApplyAsync(ApiResource.ConfigMaps, _options.SystemNamespace, body, force: true, dryRun: false, cancellationToken);
            lock (_gate) _ledgerTerm = orders.Term;
        }
        return true;
    }

    private static long TermOf(JsonObject? ledger) =>
        long.TryParse((string?)(ledger?["metadata"] as JsonObject)?["annotations"]?[KubernetesLabels.Term], CultureInfo.InvariantCulture, out long term) ? term : 0;

    // Every order, and every assignment that has something in the cluster without one.
    private List<Share> Shares(KubernetesNames names, Orders orders)
    {
        var shares = new SortedDictionary<AssignmentId, Share>();
        var withheld = new Dictionary<AssignmentId, string>();
        foreach (DesiredAssignment desired in orders.Desired)
        {
            // That the cluster lets it make no Jobs is told in words of its own.
            Assignment order = OfferedOrder.Within(desired.Assignment, _offered, out string? reason);
            shares[order.Id] = new Share(order.Id, desired, order);
            if (reason is null) continue;
            // What no Job can be says more than the capability that is lacked.
            if (JobForm.IsFor(order.Template)) reason = JobForm.Violation(order.Template) ?? reason;
            withheld[order.Id] = reason;
            if (_withheld.GetValueOrDefault(order.Id) != reason) LogRefused(_logger, order.Id, reason);
        }
        _withheld = withheld;
        string mark = names.Owner();
        foreach (ReplicatedObject deployment in _deployments.Values)
        {
            if (deployment.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) != mark || KubernetesLabels.OwnerOf(deployment.Metadata.Annotations) is not { } owner) continue;
            // Under a name that is not its own it is no work of ours.
            if (deployment.Metadata.Name != names.Deployment(owner.Assignment, owner.Revision, owner.Workload)) continue;
            if (!shares.TryGetValue(owner.Assignment, out Share? share)) shares[owner.Assignment] = share = new Share(owner.Assignment, null, null);
            share.Deployments.Add((deployment, owner));
        }
        foreach (ReplicatedObject set in _sets.Values)
        {
            if (set.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) != mark || KubernetesLabels.OwnerOf(set.Metadata.Annotations) is not { } owner) continue;
            if (set.Metadata.Name != owner.Workload.Name || set.Metadata.Namespace != names.Namespace(owner.Workload.Tenant, owner.Workload.Namespace)) continue;
            if (!shares.TryGetValue(owner.Assignment, out Share? share)) shares[owner.Assignment] = share = new Share(owner.Assignment, null, null);
            share.Set = (set, owner);
        }
        foreach (Job job in _jobs.Values)
        {
            if (JobOwnerOf(names, job) is not { } one) continue;
            if (!shares.TryGetValue(one.Owner.Assignment, out Share? share)) shares[one.Owner.Assignment] = share = new Share(one.Owner.Assignment, null, null);
            share.Jobs.Add((job, one.Owner, one.Ordinal));
        }
        return [.. shares.Values];
    }

    private async Task<bool> CarryOutAsync(string plane, KubernetesNames names, Share share, CancellationToken cancellationToken)
    {
        DeploymentStep step;
        SetStep? setStep;
        JobStep jobStep;
        bool seen, makesSet;
        int begins = 0;
        // A workload that becomes a StatefulSet or a Job, or ceases to be one, ends as what it was before it begins anew: that is a gap, and waits until the order allows one.
        bool asJobs = share.Order is { } wanted && JobForm.IsFor(wanted.Template), asSet = !asJobs && share.Order is { } other && StatefulSetForm.IsFor(other.Template);
        Assignment? ending = share.Order is { State: AssignmentState.Active } active ? active.Surge + active.MayBeUnavailable > 0 ? active with { State = AssignmentState.Withdrawn, Replicas = 0 } : null : share.Order;
        bool keepsOther = share.Order is not null && ending is null;
        lock (_gate)
        {
            // What was written is seen first: a number that is old already would be changed twice.
            if (share.Deployments.Exists(one => IsBehind(one.Deployment.Metadata.Name, one.Deployment)) || (share.Set is { } set && IsBehind(KeyOf(set.Set), set.Set)) || (asJobs ? IsAwaited(share) : IsAwaited(names, share, asSet))) return false;
            bool asOther = asSet || asJobs;
            step = (asOther && (keepsOther || share.Deployments.Count == 0)) || (!asOther && share.Order is not null && (share.Set is not null || share.Jobs.Count > 0))
                ? DeploymentStep.None
                : DeploymentPlan.Compute(asOther ? ending : share.Order, [.. share.Deployments.Where(static one => one.Deployment.Metadata.DeletionTimestamp is null).Select(one => TurnOf(one.Deployment, one.Owner))], LeavingOf(share.Id));
            setStep = null;
            bool setMoves = (asSet || !keepsOther) && PlanSet(share, asSet ? share.Order : ending, out setStep);
            jobStep = !asJobs && keepsOther ? JobStep.None : PlanJobs(share, asJobs ? share.Order : ending, mayMake: asJobs && share.Set is null && share.Deployments.Count == 0);
            makesSet = asSet && share.Set is null && share.Deployments.Count == 0 && share.Jobs.Count == 0 && share.Order is { State: AssignmentState.Active } && (begins = StartsOf(share.Order)) > 0;
            foreach (ReplicaId id in step.Drains) BeginDrain(id);
            foreach (ReplicaId id in step.Surrendered) _replicas[id].Drain = DrainStage.Surrendered;
            seen = _ofAssignment.Contains(share.Id);
            if (step.Counts.Count > 0 || step.Starts > 0 || setMoves || makesSet || jobStep.Starts.Count + jobStep.Ends.Count > 0) _moving.Add(share.Id);
            else _moving.Remove(share.Id);
        }
        bool ends = share.Order is null or { State: AssignmentState.Withdrawn };
        try
        {
            if (asJobs && _jobsDenied) Refuse(share.Id, "the agent has no right to make Jobs: give it those of its newer manifest (agent-rights.yaml)");
            foreach ((ReplicatedObject deployment, PodOwner owner) in share.Deployments)
            {
                if (deployment.Metadata.DeletionTimestamp is not null) continue;
                bool current = !asSet && !asJobs && share.Order is { State: AssignmentState.Active } order && owner.Revision == order.Revision;
                await BringAsync(plane, names, share, deployment, owner, step.Counts.TryGetValue(deployment.Metadata.Name, out int count) ? count : null, current, step.Surrendered, cancellationToken);
            }
            if (setStep is not null) await BringSetAsync(plane, names, share, setStep, cancellationToken);
            await BringJobsAsync(plane, names, share, jobStep, cancellationToken);
            if (makesSet) await MakeSetAsync(plane, names, share, begins, null, cancellationToken);
            else if (step.Starts > 0) await MakeAsync(plane, names, share, step.Starts, null, cancellationToken);
            else if (share.Deployments.Count > 0) lock (_gate) _refusals.Remove(share.Id);
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.VersionConflict or FailureKind.Missing or FailureKind.NamespaceTerminating or FailureKind.NamespaceMissing)
        {
            // Someone was quicker: the next turn sees what they did.
            lock (_gate) _spaces.Clear();
            return false;
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Invalid or FailureKind.Denied or FailureKind.Refused or FailureKind.Quota or FailureKind.AlreadyExists or FailureKind.ApiMissing)
        {
            Refuse(share.Id, e.Message);
        }
        // What runs is seen ending; what is not seen may be about to run, until its Deployment is gone.
        return !ends || (share.Deployments.Count == 0 && share.Set is null && share.Jobs.Count == 0) || seen;
    }

    private async Task BringAsync(
        string plane, KubernetesNames names, Share share, ReplicatedObject deployment, PodOwner owner, int? count, bool current, IReadOnlyList<ReplicaId> surrendered, CancellationToken cancellationToken)
    {
        string space = deployment.Metadata.Namespace!, name = deployment.Metadata.Name;
        if (count == 0)
        {
            await _client.DeleteAsync(ApiResource.Deployments, space, name, new DeleteRequest(Propagation.Background) { Uid = deployment.Metadata.Uid }, cancellationToken);
            lock (_gate) _written.Remove(name);
            LogRemoved(_logger, name, owner.Assignment);
            return;
        }
        if (count is { } number)
        {
            if (number < (deployment.Spec.Replicas ?? 1)) await MarkAsync(space, surrendered, cancellationToken);
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = deployment.Metadata.ResourceVersion }, ["spec"] = new JsonObject { ["replicas"] = number } };
            Note(name, await _client.MergeAsync(ApiResource.Deployments, space, name, patch, cancellationToken));
            LogScaled(_logger, name, owner.Assignment, number);
            return;
        }
        if (!current) return;
        // Somebody else wrote to its specification since we did, or this agent is new: an apply puts right what is ours, and writes nothing where all is well.
        bool unsure;
        lock (_gate) unsure = !_written.TryGetValue(name, out Written? written) || written.Generation != deployment.Metadata.Generation || written.Form != FormTextOf(share);
        if (!unsure || IsContested(name)) return;
        await MakeAsync(plane, names, share, deployment.Spec.Replicas ?? 1, deployment, cancellationToken);
    }

    // Makes the Deployment, or puts right what is ours of it.
    private async Task MakeAsync(string plane, KubernetesNames names, Share share, int replicas, ReplicatedObject? live, CancellationToken cancellationToken)
    {
        DesiredAssignment desired = share.Desired!;
        Assignment order = desired.Assignment;
        string name = names.Deployment(order.Id, order.Revision, order.Workload), space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        if (MaterialForm.TryMake(names, name, desired, _opener, out string? refusal) is not { } material || DeploymentForm.TryMake(plane, names, order, material, replicas, out refusal) is not { } form)
        {
            Refuse(order.Id, refusal!);
            return;
        }
        if (live is not null) ((JsonObject)form["metadata"]!)["resourceVersion"] = live.Metadata.ResourceVersion;
        await EnsureNamespaceAsync(names, space, order, cancellationToken);
        // Who is to be kept out is kept out before there is anything to reach.
        foreach (JsonObject policy in BesideForm.Policies(names, order)) await PutBesideAsync(ApiResource.NetworkPolicies, space, policy, OwnersOf(share), cancellationToken);
        if (!await GiveMaterialAsync(names, order, space, material, live is null ? null : new OwnerOfObject("Deployment", name, live.Metadata.Uid!), cancellationToken)) return;
        Applied applied = await _client.ApplyAsync(ApiResource.Deployments, space, form, force: true, dryRun: false, cancellationToken);
        // Its files become its own, and go with it.
        if (live is null && !material.IsEmpty) await GiveMaterialAsync(names, order, space, material, new OwnerOfObject("Deployment", name, applied.Uid!), cancellationToken);
        if (applied.Created) LogMade(_logger, name, order.Id, replicas);
        else if (live is not null && applied.ResourceVersion != live.Metadata.ResourceVersion) NoteRepair(name);
        Note(name, applied, FormTextOf(share));
        lock (_gate) _refusals.Remove(order.Id);
    }

    private async Task<bool> GiveMaterialAsync(KubernetesNames names, Assignment order, string space, MaterialForm material, OwnerOfObject? owner, CancellationToken cancellationToken)
    {
        foreach ((ApiResource resource, string name, JsonObject? content, string? refusal) in material.Objects(_opener))
        {
            if (content is null)
            {
                Refuse(order.Id, refusal!);
                return false;
            }
            JsonObject body = MaterialForm.Object(names, resource, space, name, content);
            if (owner is not null) body["metadata"]!["ownerReferences"] = Owners([owner]);
            await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
        }
        return true;
    }

    // By what an object goes with those that it is for.
    private static JsonArray Owners(IEnumerable<OwnerOfObject> owners) =>
        new([.. owners.Select(static one => new JsonObject { ["apiVersion"] = one.Kind == "Job" ? "batch/v1" : "apps/v1", ["kind"] = one.Kind, ["name"] = one.Name, ["uid"] = one.Uid })]);

    private static OwnerOfObject[] OwnersOf(Share share) =>
    [
        .. share.Deployments.Where(static one => one.Deployment.Metadata.DeletionTimestamp is null).Select(static one => new OwnerOfObject("Deployment", one.Deployment.Metadata.Name, one.Deployment.Metadata.Uid!)).OrderBy(static one => one.Uid, StringComparer.Ordinal),
        .. share.Set is { Set: { Metadata.DeletionTimestamp: null } set } ? (OwnerOfObject[])[new OwnerOfObject("StatefulSet", set.Metadata.Name, set.Metadata.Uid!)] : [],
        .. share.Jobs.Where(static one => one.Job.Metadata.DeletionTimestamp is null).Select(static one => new OwnerOfObject("Job", one.Job.Metadata.Name, one.Job.Metadata.Uid!)).OrderBy(static one => one.Uid, StringComparer.Ordinal),
    ];

    // The cheapest to end, where the cluster looks at it (1.22 and later); an older one ends the youngest.
    private async Task MarkAsync(string space, IReadOnlyList<ReplicaId> surrendered, CancellationToken cancellationToken)
    {
        foreach (ReplicaId id in surrendered)
        {
            string name;
            lock (_gate)
            {
                if (!_replicas.TryGetValue(id, out KubernetesReplica? replica) || replica.Pod.Metadata.Namespace != space) continue;
                name = replica.Pod.Metadata.Name;
            }
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = id.Value, ["annotations"] = new JsonObject { ["controller.kubernetes.io/pod-deletion-cost"] = "-1000" } } };
            await _client.MergeAsync(ApiResource.Pods, space, name, patch, cancellationToken);
        }
    }

    private async Task EnsureNamespaceAsync(KubernetesNames names, string space, Assignment? order, CancellationToken cancellationToken)
    {
        lock (_gate)
            if (_spaces.Contains(space)) return;
        if (await _client.FindAsync(ApiResource.Namespaces, null, space, cancellationToken) is null)
            await _client.ApplyAsync(ApiResource.Namespaces, null, NamespaceForm.Make(names, space, order), force: false, dryRun: false, cancellationToken);
        lock (_gate) _spaces.Add(space);
    }

    // Workloads of a namespace find each other by name, and what manifests have declared beside them is there as long as they are. What several declare belongs to all of them.
    private async Task PublishAsync(KubernetesNames names, List<Share> shares, CancellationToken cancellationToken)
    {
        var services = new SortedDictionary<(string Space, string Name), (JsonObject Body, List<OwnerOfObject> Owners)>();
        foreach (Share share in shares)
        {
            if (share.Order is not { State: AssignmentState.Active } order || OwnersOf(share) is not { Length: > 0 } owners || BesideForm.Violation(order.Template) is not null) continue;
            string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
            foreach (JsonObject policy in BesideForm.Policies(names, order)) await PutBesideAsync(ApiResource.NetworkPolicies, space, policy, owners, cancellationToken);
            foreach (JsonObject service in BesideForm.Services(names, order))
            {
                (string, string) key = (space, (string)service["metadata"]!["name"]!);
                // One that a manifest has declared goes before what a workload of that name has by itself.
                if (!services.TryGetValue(key, out (JsonObject Body, List<OwnerOfObject> Owners) known)) services[key] = known = (service, []);
                else if (BesideForm.IsOfWorkload(known.Body)) services[key] = known = (service, known.Owners);
                known.Owners.AddRange(owners);
            }
        }
        foreach (KeyValuePair<(string Space, string Name), (JsonObject Body, List<OwnerOfObject> Owners)>[] some in services.Chunk(MostWritesAtOnce))
            await Task.WhenAll(some.Select(service => PutServiceAsync(names, service.Key.Space, service.Key.Name, service.Value.Body, service.Value.Owners, cancellationToken)));
    }

    private async Task PutServiceAsync(KubernetesNames names, string space, string name, JsonObject body, List<OwnerOfObject> owners, CancellationToken cancellationToken)
    {
        if (IsBeside(space, body, owners)) return;
        JsonObject? there = await _client.FindAsync(ApiResource.Services, space, name, cancellationToken);
        // A Service of that name that is somebody else's stays as it is.
        if (there is not null && (string?)(there["metadata"] as JsonObject)?["labels"]?[KubernetesLabels.Owner] != names.Owner())
        {
            lock (_gate) _beside[BesideKey(space, body)] = BesideText(body, owners);
            return;
        }
        // Whether it has an address of its own is decided when it is made.
        if (there is not null && (string?)there["spec"]?["clusterIP"] == "None" != ((string?)body["spec"]!["clusterIP"] == "None"))
            await _client.DeleteAsync(ApiResource.Services, space, name, new DeleteRequest(Propagation.Background) { Uid = (string?)there["metadata"]!["uid"] }, cancellationToken);
        await PutBesideAsync(ApiResource.Services, space, body, owners, cancellationToken);
    }

    private bool IsBeside(string space, JsonObject body, IEnumerable<OwnerOfObject> owners)
    {
        lock (_gate) return _beside.GetValueOrDefault(BesideKey(space, body)) == BesideText(body, owners);
    }

    // Applied where it is another than what was applied last.
    private async Task PutBesideAsync(ApiResource resource, string space, JsonObject body, IReadOnlyCollection<OwnerOfObject> owners, CancellationToken cancellationToken)
    {
        if (IsBeside(space, body, owners)) return;
        string text = BesideText(body, owners);
        if (owners.Count > 0) ((JsonObject)body["metadata"]!)["ownerReferences"] = Owners(owners);
        await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
        lock (_gate) _beside[BesideKey(space, body)] = text;
    }

    private static string BesideKey(string space, JsonObject body) => $"{body["kind"]} {space}/{body["metadata"]!["name"]}";

    private static string BesideText(JsonObject body, IEnumerable<OwnerOfObject> owners) => $"{body.ToJsonString()} {string.Join(' ', owners)}";

    private bool IsBehind(string key, ReplicatedObject item) =>
        _written.TryGetValue(key, out Written? written) && written.Uid == item.Metadata.Uid
        && long.TryParse(written.Version, CultureInfo.InvariantCulture, out long ours) && long.TryParse(item.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out long seen) && seen < ours;

    // Made, and not seen yet. One that never comes to sight was taken away again.
    private bool IsAwaited(KubernetesNames names, Share share, bool asSet)
    {
        if (share.Order is not { } order) return false;
        string name = names.Deployment(order.Id, order.Revision, order.Workload), key = asSet ? $"{names.Namespace(order.Workload.Tenant, order.Workload.Namespace)}/{order.Workload.Name}" : name;
        bool there = asSet ? share.Set is not null : share.Deployments.Exists(one => one.Deployment.Metadata.Name == name);
        return _written.TryGetValue(key, out Written? written) && !there && _time.GetElapsedTime(written.At) < TimeSpan.FromSeconds(5);
    }

    private void BeginDrain(ReplicaId id)
    {
        KubernetesReplica replica = _replicas[id];
        replica.Drain = DrainStage.Draining;
        replica.DrainUntil = _time.GetTimestamp() + (long)(replica.Form.DrainSeconds * (double)_time.TimestampFrequency);
    }

    private IReadOnlyList<(ReplicaId, TemplateRevision)> LeavingOf(AssignmentId assignment) =>
        [.. _ofAssignment[assignment].Where(replica => replica.IsLeaving && !IsLost(replica)).Select(static replica => (replica.Id, replica.Owner.Revision))];

    // One on a lost node may never tell its end: nothing waits for it.
    private bool IsLost(KubernetesReplica replica) => replica.Pod.Spec.NodeName is { } name && _nodes.TryGetValue(name, out Node? node) && Observing.NodeDiagnosis.Loss(node) is not null;

    private void Note(string name, Applied applied, string? form = null)
    {
        lock (_gate)
        {
            long? generation = (long?)(applied.Object["metadata"] as JsonObject)?["generation"];
            _written[name] = new Written(applied.Uid, applied.ResourceVersion, generation, form ?? _written.GetValueOrDefault(name)?.Form, _time.GetTimestamp());
        }
    }

    private void NoteRepair(string name)
    {
        LogRepaired(_logger, name);
        lock (_gate)
        {
            if (!_repairs.TryGetValue(name, out List<long>? times)) _repairs[name] = times = [];
            times.Add(_time.GetTimestamp());
        }
    }

    private bool IsContested(string name)
    {
        lock (_gate)
        {
            if (!_repairs.TryGetValue(name, out List<long>? times)) return false;
            times.RemoveAll(at => _time.GetElapsedTime(at) > RepairsWithin);
            if (times.Count < MostRepairs)
            {
                _contested.Remove(name);
                return false;
            }
            _contested[name] = "drift contested: what makes its pods was repaired three times in ten minutes and changed again by others; it is left as it is";
            return true;
        }
    }

    // What the Deployment is made of, but for its number.
    private static string FormTextOf(Share share) =>
        share.Desired is not { } desired ? "" : $"{desired.Assignment.Revision} {string.Join(' ', desired.Material.Select(static files => $"{files.Kind}/{files.Name}/{files.Version}"))}";

    private void Refuse(AssignmentId assignment, string reason)
    {
        lock (_gate)
        {
            if (_refusals.GetValueOrDefault(assignment) == reason) return;
            _refusals[assignment] = reason;
        }
        LogRefused(_logger, assignment, reason);
    }

    private sealed record Orders(long Term, long Revision, IReadOnlyList<DesiredAssignment> Desired);

    // A Deployment as we last wrote it.
    private sealed record Written(string? Uid, string? Version, long? Generation, string? Form, long At);

    // An assignment with its Deployments, its StatefulSet or its Jobs, and its order as it may be carried out here.
    private sealed record Share(AssignmentId Id, DesiredAssignment? Desired, Assignment? Order)
    {
        public List<(ReplicatedObject Deployment, PodOwner Owner)> Deployments { get; } = [];

        public (ReplicatedObject Set, PodOwner Owner)? Set { get; set; }

        public List<(Job Job, PodOwner Owner, int Ordinal)> Jobs { get; } = [];
    }
}
