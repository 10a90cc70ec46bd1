using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Loops;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Moving;

/// <summary>Whether a place answers: what nobody may decide about as if it were gone.</summary>
/// <param name="health">Health's feed.</param>
public sealed class PlaceContact(FeedFollower health)
{
    /// <summary>Why nobody knows; null where Health is heard.</summary>
    public ResourceProblem? Silence(ClusterId cluster, NodeId? node) => health.Current.Known && health.IsFresh(PlannerLoop.HealthSilence)
        ? null
        : ResourceProblem.Unavailable($"Health is silent, so nobody knows whether {Text(cluster, node)} is heard; try again once it answers");

    /// <summary>The judgement that says that it answers, its own or of one of its nodes (a cluster is as good as the best of them); null if it does not.</summary>
    public Verdict? Heard(ClusterId cluster, NodeId? node) => new ObservedWorld(health.Current).Verdicts
        .FirstOrDefault(verdict => verdict.Cluster == cluster && (node is null || verdict.Node == node) && verdict.State.IsInContact());

    /// <summary>The place, for a sentence.</summary>
    public static string Text(ClusterId cluster, NodeId? node) => node is null ? $"cluster {cluster}" : $"node {cluster}/{node}";

    /// <summary>The place that a judgement is about, for a sentence.</summary>
    public static string Text(Verdict verdict) => Text(verdict.Cluster, verdict.Node);
}
