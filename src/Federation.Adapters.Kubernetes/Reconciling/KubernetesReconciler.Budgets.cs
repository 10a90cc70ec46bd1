using System.Globalization;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>
/// PodDisruptionBudgets, by which the cluster leaves as many pods ready as the order says when its nodes are drained. Without one all else runs: what keeps it from being made is told with the replicas.
/// </content>
public sealed partial class KubernetesReconciler
{
    private static readonly TimeSpan BudgetSeenWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string Namespace, string Name), ReplicatedObject> _budgets = [];
    private readonly Dictionary<AssignmentId, string> _unguarded = [];
    private ApiResource _budgetApi = ApiResource.PodDisruptionBudgets;
    private Action? _lookAgain;

    private static string BudgetKey(string space, string name) => $"budget {space}/{name}";

    // In the version that the server has, which may become another while the agent runs.
    private async Task WatchBudgetsAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await FindBudgetApiAsync(cancellationToken) is { } found)
            {
                using var missing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                using var feed = Follow(ResourceTypes.Budgets(found), KubernetesLabels.Owner);
                lock (_gate) (_budgetApi, _lookAgain) = (found, () => missing.CancelAfter(TimeSpan.Zero));
                await WatchAsync(BudgetsFeed, feed, TakeBudget, missing.Token);
                lock (_gate) _lookAgain = null;
            }
            if (cancellationToken.IsCancellationRequested) return;
            try
            {
                await Task.Delay(_options.IdleTick, _time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<ApiResource?> FindBudgetApiAsync(CancellationToken cancellationToken)
    {
        ApiResource budgets = ApiResource.PodDisruptionBudgets;
        using var told = new Signal(_pulse);
        try
        {
            ApiDirectory directory = await _client.DiscoverAsync([budgets.Group], cancellationToken);
            ApiResource? found = directory.Find(budgets.Group, budgets.Plural, budgets.Version, "v1beta1");
            lock (_gate)
            {
                _troubles.Remove(BudgetsFeed);
                if (found is null) Deny(BudgetsFeed, true);
            }
            return found;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is KubernetesException or KubeconfigException)
        {
            lock (_gate)
            {
                if (e is KubernetesException { Kind: FailureKind.Denied or FailureKind.ApiMissing }) Deny(BudgetsFeed, true);
                _troubles[BudgetsFeed] = e.Message;
            }
            return null;
        }
    }

    private void TakeBudget(FeedStep<ReplicatedObject> step)
    {
        Take(_budgets, step);
        // What somebody took away is made again.
        if (step is FeedStep<ReplicatedObject>.Gone { Object.Metadata: var gone }) _written.Remove(BudgetKey(gone.Namespace!, gone.Name));
        if (step is FeedStep<ReplicatedObject>.Troubled { Why.Kind: FailureKind.ApiMissing }) _lookAgain?.Invoke();
    }

    // The cluster obeys it before the order is said to be obeyed.
    private async Task KeepBudgetAsync(string plane, KubernetesNames names, Share share, CancellationToken cancellationToken)
    {
        if (share.Order is not { State: AssignmentState.Active or AssignmentState.Moving } order || !BudgetForm.IsFor(order))
        {
            lock (_gate) _unguarded.Remove(share.Id);
            return;
        }
        string name = names.Budget(order.Workload), space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), key = BudgetKey(space, name), text;
        ApiResource resource;
        ReplicatedObject? seen;
        int least;
        bool isSame;
        lock (_gate)
        {
            if (Denied(BudgetsFeed))
            {
                _unguarded.Remove(share.Id);
                return;
            }
            resource = _budgetApi;
            seen = _budgets.GetValueOrDefault((space, name));
            // Those that are on their way out of traffic are ready to the cluster, and to nobody else.
            least = order.LeastReady!.Value + _ofAssignment[share.Id].Count(static replica => replica is { IsEnding: false, Drain: not DrainStage.None } && replica.State.State is Domain.Observation.ReplicaState.Ready or Domain.Observation.ReplicaState.Draining);
            text = string.Create(CultureInfo.InvariantCulture, $"{resource.ApiVersion} {order.WorkloadUid} {order.Id} {least}");
            Written? written = _written.GetValueOrDefault(key);
            isSame = written?.Form == text;
            if (seen is null ? isSame && _time.GetElapsedTime(written!.At) < BudgetSeenWithin : seen.Metadata.DeletionTimestamp is not null || IsBehind(key, seen) || (isSame && written!.Uid == seen.Metadata.Uid && written.Generation == seen.Metadata.Generation)) return;
        }
        if (IsContested(key, "its PodDisruptionBudget"))
        {
            lock (_gate) _unguarded[share.Id] = _contested[key];
            return;
        }
        try
        {
            string? mark = seen is not null ? seen.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner)
                : await _client.FindAsync(resource, space, name, cancellationToken) is { } there ? (string?)there["metadata"]?["labels"]?[KubernetesLabels.Owner] ?? ""
                : names.Owner();
            if (mark != names.Owner())
            {
                Unguard(share.Id, $"the {resource.Kind} {name} in the namespace {space} is somebody else's");
                return;
            }
            await EnsureNamespaceAsync(names, space, order, cancellationToken);
            Applied applied = await _client.ApplyAsync(resource, space, BudgetForm.Make(plane, names, order, resource, least), force: true, dryRun: false, cancellationToken);
            if (seen is not null && isSame && applied.ResourceVersion != seen.Metadata.ResourceVersion) NoteRepair(key);
            else LogGuarded(_logger, share.Id, least);
            Note(key, applied, text);
            lock (_gate) _unguarded.Remove(share.Id);
        }
        catch (KubernetesException e) when (e.IsOfTheObject)
        {
            Unguard(share.Id, e.Message);
            // The server was replaced under a watch that runs on.
            if (e.Kind == FailureKind.ApiMissing) lock (_gate) _lookAgain?.Invoke();
        }
    }

    private void Unguard(AssignmentId assignment, string why)
    {
        string reason = $"the cluster is not told of its disruption budget, and may take all of its pods at once: {why}";
        lock (_gate)
        {
            if (_unguarded.GetValueOrDefault(assignment) == reason) return;
            _unguarded[assignment] = reason;
        }
        LogUnguarded(_logger, assignment, reason);
    }

    // Of ours those that no order has any more.
    private async Task EndBudgetsAsync(KubernetesNames names, List<Share> shares, CancellationToken cancellationToken)
    {
        ReplicatedObject[] ended;
        ApiResource resource;
        lock (_gate)
        {
            if (_budgets.Count == 0 || Denied(BudgetsFeed)) return;
            HashSet<WorkloadKey> kept = [.. shares.Where(static share => share.Order is { State: not AssignmentState.Withdrawn } order && BudgetForm.IsFor(order)).Select(static share => share.Order!.Workload)];
            ended = [.. _budgets.Values.Where(budget => budget.Metadata.DeletionTimestamp is null && BudgetOwnerOf(names, budget) is { } owner && !kept.Contains(owner))];
            resource = _budgetApi;
        }
        foreach (ReplicatedObject budget in ended)
        {
            string space = budget.Metadata.Namespace!, name = budget.Metadata.Name;
            try
            {
                await _client.DeleteAsync(resource, space, name, new DeleteRequest(Propagation.Background) { Uid = budget.Metadata.Uid }, cancellationToken);
            }
            catch (KubernetesException e) when (e.IsOfTheObject)
            {
                // It is in nobody's way, and is tried again.
                if (_held != e.Message) LogHeld(_logger, _held = e.Message);
                continue;
            }
            lock (_gate)
            {
                // Seen as gone a moment later, and not asked for again until then.
                _budgets.Remove((space, name));
                _written.Remove(BudgetKey(space, name));
            }
            LogBudgetRemoved(_logger, BudgetKey(space, name));
        }
    }

    // Under a name that is not its own it is none of ours.
    private static WorkloadKey? BudgetOwnerOf(KubernetesNames names, ReplicatedObject budget) =>
        budget.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) == names.Owner() && KubernetesLabels.WorkloadOf(budget.Metadata.Annotations) is { } owner
        && budget.Metadata.Name == names.Budget(owner) && budget.Metadata.Namespace == names.Namespace(owner.Tenant, owner.Namespace)
            ? owner
            : null;
}
