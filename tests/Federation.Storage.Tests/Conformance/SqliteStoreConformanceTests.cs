using Federation.Domain.Chance;
using Federation.Storage.Logs;
using Federation.Storage.Sqlite;

namespace Federation.Storage.Tests.Conformance;

public sealed class SqliteStoreConformanceTests : StoreConformance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;

    protected override bool IsDurable => true;

    protected override ICommitLog Log() => new SqliteCommitLog(Path.Combine(_folder, "test.db"), SecureChance.Instance);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
