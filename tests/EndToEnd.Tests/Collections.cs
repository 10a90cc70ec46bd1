using Federation.TestKit.Machine;

// Two planes at once at most, and only where no scenario is held to times: those would only measure each other.
[assembly: AssemblyFixture(typeof(PlaneTurn))]
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace EndToEnd.Tests;

/// <summary>Which scenarios run beside which.</summary>
internal static class Collections
{
    /// <summary>The guides, on one plane after another.</summary>
    public const string Guides = "the guides";

    /// <summary>Clusters of other kinds, beside the guides.</summary>
    public const string OtherKinds = "clusters of other kinds";

    /// <summary>What must happen within a time: nothing runs beside it.</summary>
    public const string HeldToTimes = "held to times";
}
