namespace Adapters.Conformance.Kubernetes;

/// <summary>The kit against the Kubernetes adapter and the double of a cluster.</summary>
public sealed class KubernetesEndTests : EndConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await KubernetesUnderTest.OpenAsync();
}
