namespace Federation.AppHost;

/// <summary>One cluster of the sample world.</summary>
internal sealed record SampleCluster(string Name, string Region, string Provider, IReadOnlyList<string> Nodes)
{
    public static IReadOnlyList<SampleCluster> All { get; } =
    [
        new("eu-cloud", "eu", "alpha", ["n1", "n2"]),
        new("us-cloud", "us", "beta", ["n1", "n2"]),
        new("edge", "edge", "onprem", ["n1"]),
    ];
}
