using Federation.Domain.Chance;
using Federation.Storage.Logs;

namespace Federation.Storage.Tests.Conformance;

public sealed class MemoryStoreConformanceTests : StoreConformance
{
    private readonly MemoryCommitLog _log = new(SecureChance.Instance);

    protected override bool IsDurable => false;

    protected override ICommitLog Log() => _log;
}
