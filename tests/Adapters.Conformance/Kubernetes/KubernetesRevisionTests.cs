namespace Adapters.Conformance.Kubernetes;

/// <summary>The kit against the Kubernetes adapter and the double of a cluster.</summary>
public sealed class KubernetesRevisionTests : RevisionConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await KubernetesUnderTest.OpenAsync();
}
