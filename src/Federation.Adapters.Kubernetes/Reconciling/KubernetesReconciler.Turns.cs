using System.Globalization;
using System.Text.Json.Nodes;
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
    private static readonly TimeSpan FirstWordWithin = TimeSpan.FromSeconds(2);

    private readonly Dictionary<AssignmentId, string> _refusals = [];
    private Dictionary<AssignmentId, string> _withheld = [];
    private readonly HashSet<AssignmentId> _moving = [];
    private bool _superseded;
    private long _ledgerAt;
    private string? _held;

    // One look and one step; true while something is under way.
    private async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        // Without the plane's id nothing can be told to be ours.
        if (_options.Plane() is not { } plane) return true;
        Orders orders;
        lock (_gate) orders = new Orders(_term, _revision, [.. _desired.Values]);
        bool heard = false;
        try
        {
            if (await ObjectionAsync(cancellationToken) is { } objection)
            {
                Unseen(objection, objection);
                return true;
            }
            string? trouble;
            lock (_gate)
            {
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
            Task<bool> obeying = ObeyAsync(plane, orders, cancellationToken);
            await TellMeanwhileAsync(obeying, plane, orders, cancellationToken);
            bool obeyed = await obeying;
            lock (_gate)
            {
                if (Look(plane)) Publish(plane, obeyed, orders);
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
        catch (Exception e) when (!heard && e is (KubernetesException or KubeconfigException))
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

    private void Unseen(string reason) => Unseen(reason, $"the cluster's API server does not answer: {reason}");

    private void Unseen(string reason, string told)
    {
        if (_silence is null) LogUnseen(_logger, reason);
        Volatile.Write(ref _silence, reason);
        lock (_gate) PublishUnseen(told);
    }

    // True if the orders are obeyed: all that they end has ended, or is seen ending.
    private async Task<bool> ObeyAsync(string plane, Orders orders, CancellationToken cancellationToken)
    {
        // An agent that never had orders knows nothing of what should end.
        if (orders.Term == 0) return true;
        KubernetesNames names = NamesOf(plane);
        if (!await KeepLedgerAsync(names, orders, cancellationToken)) return false;
        await GiveNodePortsAsync(names, cancellationToken);
        List<Share> shares;
        lock (_gate)
        {
            shares = Shares(names, orders);
            // What is neither ordered nor there any more is asked for no more.
            HashSet<AssignmentId> left = [.. shares.Select(static share => share.Id)];
            foreach (AssignmentId gone in _refusals.Keys.Where(id => !left.Contains(id)).ToArray()) _refusals.Remove(gone);
        }
        bool obeyed = true;
        foreach (Share[] some in shares.Chunk(MostWritesAtOnce))
        {
            bool[] done = await Task.WhenAll(some.Select(share => CarryOutAsync(plane, names, share, cancellationToken)));
            obeyed &= done.All(static one => one);
        }
        await EndBudgetsAsync(names, shares, cancellationToken);
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
        foreach (ReplicatedObject cron in _crons.Values)
        {
            if (CronOwnerOf(names, cron) is not { } owner) continue;
            if (!shares.TryGetValue(owner.Assignment, out Share? share)) shares[owner.Assignment] = share = new Share(owner.Assignment, null, null);
            share.Cron = (cron, owner);
        }
        foreach (Job job in _jobs.Values)
        {
            if (JobOwnerOf(names, job) is not { } one) continue;
            if (!shares.TryGetValue(one.Owner.Assignment, out Share? share)) shares[one.Owner.Assignment] = share = new Share(one.Owner.Assignment, null, null);
            share.Jobs.Add((job, one.Owner, one.Ordinal));
        }
        return [.. shares.Values];
    }

    private void Accepted(AssignmentId assignment)
    {
        _pauses.Forget(assignment.Value);
        lock (_gate) _refusals.Remove(assignment);
    }

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

    // An assignment with its Deployments, its StatefulSet, its CronJob or its Jobs, and its order as it may be carried out here.
    private sealed record Share(AssignmentId Id, DesiredAssignment? Desired, Assignment? Order)
    {
        public List<(ReplicatedObject Deployment, PodOwner Owner)> Deployments { get; } = [];

        public (ReplicatedObject Set, PodOwner Owner)? Set { get; set; }

        // What it is to become was refused a moment ago, and is not asked for again yet.
        public bool Waits { get; set; }

        public (ReplicatedObject Cron, PodOwner Owner)? Cron { get; set; }

        public List<(Job Job, PodOwner Owner, int Ordinal)> Jobs { get; } = [];

        // What the order is made as; null without one.
        public ApiResource? Kind => Order is { } order ? WorkloadKind.Of(order.Template) : null;

        // Whether anything is there that was made as another kind.
        public bool HasOther => Kind is { } kind && ((Deployments.Count > 0 && kind != ApiResource.Deployments) || (Set is not null && kind != ApiResource.StatefulSets)
            || (Jobs.Count > 0 && kind != ApiResource.Jobs) || (Cron is not null && kind != ApiResource.CronJobs));
    }
}
