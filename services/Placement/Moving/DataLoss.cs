using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Moving;

/// <summary>What a person's word comes to that a workload may start without its data: its volumes lose their home, or why they do not. Pure.</summary>
public abstract record DataLoss
{
    private DataLoss()
    {
    }

    /// <summary>The data is given up.</summary>
    /// <param name="Volumes">The volumes, in the order in which the template names them.</param>
    /// <param name="Place">Where they are.</param>
    public sealed record Accepted(IReadOnlyList<Volume> Volumes, string Place) : DataLoss;

    /// <summary>It is not.</summary>
    public sealed record Refused(ResourceProblem Problem) : DataLoss;

    /// <summary>Judges it. Data is given up only where its home is gone for good: by a person's decision, or with its whole registration.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="find">Its namespace's volumes.</param>
    /// <param name="cluster">The registered clusters.</param>
    /// <param name="heard">The judgement that says that a place answers; null if it does not.</param>
    public static DataLoss Judge(Workload workload, Func<string, Volume?> find, Func<string, Cluster?> cluster, Func<ClusterId, NodeId?, Verdict?> heard)
    {
        string name = workload.Metadata.Name;
        Volume[] homed = [.. (workload.Spec.Template.Volumes ?? []).Select(static reference => reference.Name).Distinct(StringComparer.Ordinal).Select(find).OfType<Volume>().Where(static volume => !volume.Spec.Shared && volume.Status?.HomeCluster is not null)];
        if (homed.Length == 0) return new Refused(ResourceProblem.Invalid($"Workload {name} names no volume that has a home, so it has no data to lose; see why it waits: fedctl explain workload {name}"));
        string? place = null;
        foreach (Volume volume in homed)
        {
            ClusterId home = volume.Status!.HomeCluster!.Value;
            NodeId? node = volume.Status.HomeNode;
            string bare = node is null ? home.Value : $"{home}/{node}";
            place ??= bare;
            if (heard(home, node) is { } alive)
                return Refuse($"by the rule reachable: {PlaceContact.Text(home, node)} is heard ({alive.Reason}), and the data of volume {volume.Metadata.Name} is there: what answers is not lost");
            if (cluster(home.Value) is { } registered && !registered.Spec.IsConfirmedLost(node))
                return Refuse($"by the rule confirmed-lost: {PlaceContact.Text(home, node)}, where the data of volume {volume.Metadata.Name} is, is out of reach, but nobody has decided that it is gone for good; the platform's admin does: fedctl confirm-lost {bare}");
            if (volume.Spec.Cluster == home.Value)
                return Refuse($"by the rule volume-home: volume {volume.Metadata.Name} is declared to be in cluster {home} (spec.cluster), so it would be wanted there again; delete the workload and the volume, and apply them with another cluster or none");
        }
        return new Accepted(homed, place!);

        static Refused Refuse(string why) => new(new ResourceProblem(409, ProblemTypes.PlaceRefused, "The data is not given up", why));
    }
}
