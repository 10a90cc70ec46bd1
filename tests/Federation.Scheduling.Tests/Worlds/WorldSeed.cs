using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Federation.Scheduling.Tests.Worlds;

/// <summary>What a random world is made from; smaller numbers make smaller worlds, which is how a failure is shrunk.</summary>
internal sealed record WorldSeed(int Number, int Clusters, int Workloads)
{
    /// <summary>For a longer look, run the tests with <c>FEDERATION_CASES=20</c>: twenty times as many worlds.</summary>
    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("FEDERATION_CASES") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Runs a property over many worlds; a failure names the smallest seed found.</summary>
    public static void Check(int maxClusters, int maxWorkloads, Action<WorldSeed> property, int cases = 1000)
    {
        Gen<WorldSeed> gen =
            from number in Gen.Choose(0, int.MaxValue - 1)
            from clusters in Gen.Choose(1, maxClusters)
            from workloads in Gen.Choose(1, maxWorkloads)
            select new WorldSeed(number, clusters, workloads);
        Arbitrary<WorldSeed> arbitrary = Arb.From(gen, seed => Smaller(seed));
        Prop.ForAll(arbitrary, property).Check(Config.QuickThrowOnFailure.WithMaxTest(cases * Times));
    }

    private static IEnumerable<WorldSeed> Smaller(WorldSeed seed)
    {
        if (seed.Workloads > 1) yield return seed with { Workloads = seed.Workloads - 1 };
        if (seed.Clusters > 1) yield return seed with { Clusters = seed.Clusters - 1 };
    }
}
