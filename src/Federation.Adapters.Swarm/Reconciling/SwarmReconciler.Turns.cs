using System.Globalization;
using Federation.Adapters.Planning;
using Federation.Adapters.Swarm.Adopting;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Engine;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Reconciling;

public sealed partial class SwarmReconciler
{
    private const string LedgerContent = "the highest term that was obeyed here is this config's label";

    private string? _held;
    private bool _superseded;

    // One look and one step; true while something is under way.
    private async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        // Without the plane's id nothing can be told to be ours.
        if (_options.Plane() is not { } plane) return true;
        Orders orders;
        lock (_gate) orders = new Orders(_term, _revision, [.. _desired.Values]);
        EngineClient manager = _managers.Current;
        try
        {
            if (await ObjectionAsync(manager, isOrdered: orders.Term > 0, cancellationToken) is { } objection)
            {
                Unseen(manager, objection, objection);
                return true;
            }
            SwarmView view = await LookAsync(manager, plane, orders, cancellationToken);
            await TakeAsync(manager, plane, view, cancellationToken);
            if (_silence is not null) LogSeen(_logger);
            Volatile.Write(ref _silence, null);
            bool obeyed = await ObeyAsync(manager, plane, orders, view, cancellationToken);
            lock (_gate) Publish(view, plane, obeyed ? orders : null);
            return !obeyed || IsUnderWay();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (EngineException e)
        {
            // A manager that is away or without a leader: another may do. A refusal is about what was asked, and is thought over in the next turn.
            if (e.Status is null or >= System.Net.HttpStatusCode.InternalServerError && !e.IsOutOfSequence)
            {
                Unseen(manager, e.Message, $"the swarm's managers do not answer: {e.Message}");
            }
            else if (_held != e.Message)
            {
                LogHeld(_logger, _held = e.Message);
            }
            return true;
        }
    }

    private void Unseen(EngineClient manager, string reason, string told)
    {
        if (_silence is null) LogUnseen(_logger, reason);
        Volatile.Write(ref _silence, reason);
        _managers.Pass(manager);
        PublishUnseen(told);
    }

    // Why what answers must not be taken for the swarm of the orders; null if it may. A manager that left and made a swarm of its own, or an address that leads elsewhere, answers well:
    // what is not there may run on in the first one.
    private async Task<string?> ObjectionAsync(EngineClient manager, bool isOrdered, CancellationToken cancellationToken)
    {
        string swarm = (await manager.InspectSwarmAsync(cancellationToken)).Id;
        if (_identity.Kept is { } kept)
        {
            return kept == swarm ? null
                : $"another swarm answers than the one that has had the orders: its id is {swarm}, and was {kept}. Nothing is done in it; if it is to take the other's place, move {_identity.Path} away and start the agent again";
        }
        // Whoever has no orders yet may be led elsewhere.
        if (!isOrdered) return null;
        try
        {
            _identity.Keep(swarm);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotPinned(_logger, e.Message);
        }
        return null;
    }

    private async Task<SwarmView> LookAsync(EngineClient manager, string plane, Orders orders, CancellationToken cancellationToken)
    {
        (string, string)[] ours = [("label", $"{SwarmLabels.Plane}={plane}"), ("label", $"{SwarmLabels.Cluster}={_options.Cluster}")];
        IReadOnlyList<SwarmNode> nodes = await manager.ListNodesAsync(cancellationToken);
        IReadOnlyList<SwarmFile> configs = await manager.ListConfigsAsync(ours, cancellationToken);
        bool secret = _hasSecrets || orders.Desired.Any(static desired => desired.Assignment.Template.Secrets is { Count: > 0 });
        IReadOnlyList<SwarmFile> secrets = secret || _first ? await manager.ListSecretsAsync(ours, cancellationToken) : [];
        _hasSecrets = secret || secrets.Count > 0;
        IReadOnlyList<NetworkDetails> networks = await manager.ListNetworksAsync([("scope", "swarm")], cancellationToken);
        ILookup<bool, NetworkDetails> isOurs = networks.ToLookup(network => SwarmLabels.AreOurs(network.Labels, plane, _options.Cluster));
        // Last, and in this order: see SwarmView.
        IReadOnlyList<SwarmService> services = await manager.ListServicesAsync([], cancellationToken);
        IReadOnlyList<SwarmTask> tasks = await manager.ListTasksAsync([], cancellationToken);
        return new SwarmView(
            nodes.ToDictionary(static node => node.Id), services, tasks,
            configs.ToDictionary(static file => file.Spec.Name), secrets.ToDictionary(static file => file.Spec.Name),
            isOurs[true].DistinctBy(static network => network.Name).ToDictionary(static network => network.Name),
            isOurs[false].DistinctBy(static network => network.Name).ToDictionary(static network => network.Name, static network => network.Id));
    }

    // What is neither ordered nor there any more is asked for no more.
    private void ForgetRefusals(List<Share> shares)
    {
        lock (_gate)
        {
            HashSet<AssignmentId> left = [.. shares.Select(static share => share.Id)];
            foreach (AssignmentId gone in _refusals.Keys.Where(id => !left.Contains(id)).ToArray()) _refusals.Remove(gone);
        }
    }

    // True if the orders are obeyed: all that they end has ended, or is seen ending.
    private async Task<bool> ObeyAsync(EngineClient manager, string plane, Orders orders, SwarmView view, CancellationToken cancellationToken)
    {
        // An agent that never had orders knows nothing of what should end.
        if (orders.Term == 0) return true;
        if (!await KeepLedgerAsync(manager, plane, orders, view, cancellationToken)) return false;
        SwarmNames names = NamesOf(plane);
        List<Share> shares = Shares(plane, orders, view, names);
        ForgetRefusals(shares);
        await EnsureNetworksAsync(manager, plane, names, shares, view, cancellationToken);
        bool obeyed = true;
        foreach (Share[] some in shares.Chunk(MostWritesAtOnce))
        {
            bool[] done = await Task.WhenAll(some.Select(share => CarryOutAsync(manager, plane, names, share, view, cancellationToken)));
            obeyed &= done.All(static one => one);
        }
        await RemoveUnusedAsync(manager, names, orders, shares, view, cancellationToken);
        return obeyed;
    }

    // The term is in the swarm before anything is done under it.
    private async Task<bool> KeepLedgerAsync(EngineClient manager, string plane, Orders orders, SwarmView view, CancellationToken cancellationToken)
    {
        string name = NamesOf(plane).Ledger();
        var spec = new FileSpec { Name = name, Labels = SwarmLabels.Of(plane, _options.Cluster, orders.Term), Data = System.Text.Encoding.UTF8.GetBytes(LedgerContent) };
        if (!view.Configs.TryGetValue(name, out SwarmFile? ledger))
        {
            await manager.CreateConfigAsync(spec, cancellationToken);
            lock (_gate) _ledgerTerm = orders.Term;
            return true;
        }
        long kept = TermOf(ledger);
        lock (_gate) _ledgerTerm = kept;
        if (kept > orders.Term)
        {
            if (!_superseded) LogSuperseded(_logger, kept, orders.Term);
            _superseded = true;
            return false;
        }
        _superseded = false;
        if (kept == orders.Term) return true;
        await manager.UpdateConfigAsync(ledger.Id, ledger.Version, spec with { Data = ledger.Spec.Data }, cancellationToken);
        lock (_gate) _ledgerTerm = orders.Term;
        return true;
    }

    private async Task ReadLedgerAsync(string plane, CancellationToken cancellationToken)
    {
        EngineClient manager = _managers.Current;
        try
        {
            IReadOnlyList<SwarmFile> configs = await manager.ListConfigsAsync([("name", NamesOf(plane).Ledger())], cancellationToken);
            lock (_gate) _ledgerTerm = configs.Where(config => config.Spec.Name == NamesOf(plane).Ledger()).Select(TermOf).DefaultIfEmpty(0).Max();
        }
        catch (EngineException)
        {
            _managers.Pass(manager);
            throw;
        }
    }

    private static long TermOf(SwarmFile ledger) =>
        long.TryParse(ledger.Spec.Labels?.GetValueOrDefault(SwarmLabels.Term), CultureInfo.InvariantCulture, out long term) ? term : 0;

    // Every order, and every assignment that has something in the swarm without one.
    private List<Share> Shares(string plane, Orders orders, SwarmView view, SwarmNames names)
    {
        var shares = new SortedDictionary<AssignmentId, Share>();
        IReadOnlyList<string> offered = OfferedBy(view);
        var withheld = new SortedDictionary<AssignmentId, string>();
        foreach (DesiredAssignment desired in orders.Desired)
        {
            Assignment order = OfferedOrder.Within(desired.Assignment, offered, out string? reason);
            if (order.State == AssignmentState.Active && UnknownPart(order.Template, view) is { } part) (order, reason) = (order with { State = AssignmentState.Moving }, part);
            if (reason is not null) withheld[order.Id] = reason;
            shares[order.Id] = new Share(order.Id, desired, order);
        }
        Withhold(withheld);
        foreach (SwarmService service in view.Services)
        {
            if (AdoptedServices.OwnerOf(service.Spec, plane, _options.Cluster) is not { } owner) continue;
            if ((service.Spec.Name != names.Service(owner.Assignment, owner.Revision, owner.Workload) && !AdoptedServices.Is(service.Spec)) || service.Spec.Mode?.Replicated is null)
            {
                if (_strangers.Add(service.Id)) LogStranger(_logger, service.Spec.Name);
                continue;
            }
            if (!shares.TryGetValue(owner.Assignment, out Share? share)) shares[owner.Assignment] = share = new Share(owner.Assignment, null, null);
            share.Services.Add((service, owner));
        }
        return [.. shares.Values];
    }

    private void Withhold(SortedDictionary<AssignmentId, string> withheld)
    {
        foreach ((AssignmentId id, string reason) in withheld)
            if (_withheld.GetValueOrDefault(id) != reason) LogRefused(_logger, id, reason);
        lock (_gate) _withheld = withheld;
    }

    private sealed record Orders(long Term, long Revision, IReadOnlyList<DesiredAssignment> Desired);

    // An assignment with its services, and its order as it may be carried out here.
    private sealed record Share(AssignmentId Id, DesiredAssignment? Desired, Assignment? Order)
    {
        public List<(SwarmService Service, TaskOwner Owner)> Services { get; } = [];
    }
}
