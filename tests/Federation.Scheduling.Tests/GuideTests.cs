using System.Globalization;
using System.Text.RegularExpressions;
using Federation.Domain.Clusters;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Reading;
using Federation.Scheduling.Explanation;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>Keeps docs/guides/placement.md true.</summary>
public sealed class GuideTests
{
    internal static readonly string Guide = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "guides", "placement.md"));

    [Fact]
    public void Guide_Example_IsWhatThePlannerSays()
    {
        World world = Example();
        PlacementExplanation explanation = PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!;
        Assert.Equal(Block("text"), string.Join('\n', explanation.Clusters.Select(Line).Prepend(explanation.Summary)));
    }

    [Fact]
    public void Guide_LossInTheExample_GoesAsTold()
    {
        World world = Example();
        world = world.Apply(world.Plan()).Lose("eu-cloud");
        Assert.Equal("us-cloud/n1=4 (1 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Guide_TableOfRules_NamesEveryRule()
    {
        foreach (Filters.PlacementFilter filter in Filters.PlacementFilter.All) Assert.Contains($"| `{filter.Name}` |", Guide, StringComparison.Ordinal);
    }

    [Fact]
    public void Guide_TableOfPoints_HasTheScoresOwn()
    {
        Assert.Contains($"| a shared volume of the workload is there | {Scoring.ClusterScore.LocalityPoints} |", Guide, StringComparison.Ordinal);
        Assert.Contains($"taint | -{Scoring.ClusterScore.TaintPoints} |", Guide, StringComparison.Ordinal);
        Assert.Contains($"| price | {Scoring.ClusterScore.PricePoints} for", Guide, StringComparison.Ordinal);
        Assert.Contains($"| free capacity after placement | {Scoring.ClusterScore.CapacityPoints} if", Guide, StringComparison.Ordinal);
    }

    private static World Example()
    {
        var accepted = Assert.IsType<ReadOutcome.Accepted>(ResourceReader.Read(Block("yaml"), "placement.md"));
        var world = new World();
        foreach (DeclaredResource declared in accepted.Resources)
        {
            if (declared.Resource is Cluster cluster)
            {
                world.Clusters.Add(cluster);
                world.Node(cluster.Metadata.Name, "n1", cpu: 4000);
            }
            if (declared.Resource is not Workload workload) continue;
            world.Workload(workload.Metadata.Name, policy: workload.Spec.Placement);
            world.Change(workload.Metadata.Name, w => w with { Spec = workload.Spec });
        }
        return world;
    }

    private static string Line(TargetExplanation cluster)
    {
        string what = cluster.RefusedBy is { } rule ? $"{rule}: {cluster.Sentence}" : $"{cluster.Sentence} ({cluster.Score!.Value.ToString("0.0", CultureInfo.InvariantCulture)} points)";
        return $"{cluster.Name,-8}  {cluster.Replicas}  {what}";
    }

    private static string Block(string language) => Regex.Match(Guide, $"```{language}\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value;

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside the repository.");
        return folder;
    }
}
