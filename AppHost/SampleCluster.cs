namespace Federation.AppHost;

/// <summary>One cluster of the sample world.</summary>
internal sealed record SampleCluster(string Name, string Region, string Provider, IReadOnlyList<string> Nodes)
{
    /// <summary>All, or none where <c>FEDERATION_SAMPLE_WORLD</c> is <c>none</c>: a plane whose nodes join from elsewhere.</summary>
    public static IReadOnlyList<SampleCluster> Wanted => Environment.GetEnvironmentVariable("FEDERATION_SAMPLE_WORLD") == "none" ? [] : All;

    public static IReadOnlyList<SampleCluster> All { get; } =
    [
        new("eu-cloud", "eu", "alpha", ["n1", "n2"]),
        new("us-cloud", "us", "beta", ["n1", "n2"]),
        new("edge", "edge", "onprem", ["n1"]),
    ];
}
