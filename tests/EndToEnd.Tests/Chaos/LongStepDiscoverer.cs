using Xunit.Sdk;
using Xunit.v3;

namespace EndToEnd.Tests.Chaos;

/// <summary>Finds the steps that take long, where they are asked for.</summary>
public sealed class LongStepDiscoverer : FactDiscoverer
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        ChaosScenario.Whole ? base.Discover(discoveryOptions, testMethod, factAttribute) : new([]);
}
