using Federation.Feeds;

namespace Simulation.Tests.World;

/// <summary>What a process follows of another's documents.</summary>
/// <param name="Owner">Whom it follows.</param>
/// <param name="Follower">What it holds.</param>
/// <param name="Kinds">The kinds that it asked for.</param>
public sealed record Following(string Owner, FeedFollower Follower, IReadOnlyList<string> Kinds);
