using Federation.Domain.Clusters;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Simulation.Tests.Engine;

namespace Simulation.Tests.World;

/// <summary>The running Placement as its API sees it.</summary>
public sealed record PlacementDoor(
    SimulatedProcess Process, IStore Store, ResourceDesk<Workload> Workloads, ResourceDesk<Cluster> Clusters, ResourceDesk<Volume> Volumes,
    FeedFollower Health, FeedFollower Material);
