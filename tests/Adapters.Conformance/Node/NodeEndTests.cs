namespace Adapters.Conformance.Node;

/// <summary>The kit against the node adapter and real processes.</summary>
public sealed class NodeEndTests : EndConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await NodeUnderTest.OpenAsync();
}
