using Federation.Domain.Chance;
using Federation.Feeds;
using Federation.Placement.Api;
using Federation.Placement.Documents;
using Federation.Placement.Events;
using Federation.Placement.Planning;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Feeds;
using Federation.Storage;

namespace Federation.Placement.Loops;

/// <summary>Placement's loops and whom they follow, put together for the running service.</summary>
public sealed class PlacementLoops
{
    private readonly PlannerLoop _planner;
    private readonly DispatchLoop _dispatch;
    private readonly Wakeups _wakeups;

    public PlacementLoops(IStore store, PlaneChannels channels, TimeProvider time, IChance chance, ILoggerFactory loggers)
    {
        Identity = Follow("identity", NamespaceDirectory.FollowedKinds);
        Health = Follow("health", ObservedWorld.FollowedKinds);
        Material = Follow("secretstore", WorkloadResolver.FollowedKinds);
        var events = new EventJournal(time, chance);
        _planner = new PlannerLoop(store, Health, Material, events, time, loggers.CreateLogger<PlannerLoop>());
        _dispatch = new DispatchLoop(store, Health, Material, events, time, loggers.CreateLogger<DispatchLoop>());
        _wakeups = new Wakeups(store, _planner, _dispatch);
        Health.Changed += _wakeups.OnHealth;
        Material.Changed += _wakeups.OnMaterial;

        FeedFollower Follow(string service, IReadOnlyList<string> kinds) => new(
            service, new GrpcFeedSource(() => channels.To(service)), kinds, time, chance, loggers.CreateLogger<FeedFollower>());
    }

    public FeedFollower Identity { get; }

    public FeedFollower Health { get; }

    public FeedFollower Material { get; }

    /// <summary>The loops by name.</summary>
    public IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> All =>
    [
        ("follow identity", Identity.RunAsync),
        ("follow health", Health.RunAsync),
        ("follow secretstore", Material.RunAsync),
        ("wake-ups", _wakeups.RunAsync),
        ("planner", _planner.RunAsync),
        ("dispatch", _dispatch.RunAsync),
    ];
}
