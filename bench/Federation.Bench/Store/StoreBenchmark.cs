using System.Globalization;
using Federation.Bench.Results;
using Federation.Storage;
using Federation.Storage.Sqlite;

namespace Federation.Bench.Store;

/// <summary>
/// Durable writes: one document of 256 bytes a transaction, keys at random among 10,000, each write acknowledged only when it is on the disk.
/// In process beside SQLite used alone, one row a transaction; over loopback HTTP/2 beside etcd.
/// </summary>
internal sealed class StoreBenchmark : IBenchmark
{
    public const int Keys = 10_000;
    public const int ValueBytes = 256;

    public string Name => "store";

    public string Summary => "durable writes per second and their latencies, beside SQLite alone and beside etcd";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var warmUp = TimeSpan.FromSeconds(context.Quick ? 0.5 : 5);
        var measured = TimeSpan.FromSeconds(context.Quick ? 1 : 10);
        // Beside the results, not under /tmp: that may be memory.
        string folder = Directory.CreateDirectory(Path.Combine(context.Root, "bench", "results", $".work-{Environment.ProcessId}")).FullName;
        try
        {
            foreach (int writers in (int[])[64, 256])
            {
                if (!context.Runs("in process")) break;
                var ours = await InProcessAsync(Path.Combine(folder, $"ours-{writers}.db"), writers, warmUp, measured, cancellationToken);
                var alone = await SqliteAloneAsync(Path.Combine(folder, $"alone-{writers}.db"), writers, warmUp, measured);
                Report(context, $"in process, {writers} writers", ours, "SQLite alone, one row a transaction", alone, new BenchmarkGoal.AtLeast(25_000));
            }
            foreach (int writers in (int[])[64, 256])
            {
                if (!context.Runs("over loopback")) break;
                LoadResult requests, stream, etcd;
                await using (var server = await LoopbackServer.StartStoreAsync(Path.Combine(folder, $"served-{writers}.db"))) requests = await LoopbackLoad.RunStoreAsync(server, writers, warmUp, measured);
                await using (var server = await LoopbackServer.StartStoreAsync(Path.Combine(folder, $"streamed-{writers}.db"))) stream = await LoopbackLoad.RunStreamsAsync(server, writers, warmUp, measured);
                await using (var server = await LoopbackServer.StartEtcdAsync(Path.Combine(folder, $"etcd-{writers}"))) etcd = await LoopbackLoad.RunEtcdAsync(server, writers, warmUp, measured);
                Report(context, $"over loopback HTTP/2, a stream a connection, {writers} writers", stream, "etcd, a request a write (it has no write stream)", etcd, new BenchmarkGoal.Times(3));
                Report(context, $"over loopback HTTP/2, a request a write, {writers} writers", requests, "etcd, a request a write", etcd, null);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(BenchmarkContext context, string name, LoadResult ours, string peer, LoadResult theirs, BenchmarkGoal? goal)
    {
        context.Report(new() { Name = name, Ours = ours.PerSecond, Unit = "writes/s", Peer = peer, PeerValue = theirs.PerSecond, Wanted = goal });
        context.Report(new() { Name = $"{name}, p50", Ours = ours.P50Milliseconds, Unit = "ms", Peer = peer, PeerValue = theirs.P50Milliseconds, LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, p99", Ours = ours.P99Milliseconds, Unit = "ms", Peer = peer, PeerValue = theirs.P99Milliseconds, LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, processor time", Ours = ours.ProcessorMicroseconds, Unit = "us/write", Peer = peer, PeerValue = theirs.ProcessorMicroseconds, LowerIsBetter = true });
    }

    public static string Key(Random random) => string.Create(CultureInfo.InvariantCulture, $"default/shop/{random.Next(Keys):D5}");

    public static byte[] Value(Random random)
    {
        byte[] value = new byte[ValueBytes];
        random.NextBytes(value);
        return value;
    }

    private static async Task<LoadResult> InProcessAsync(string path, int writers, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        await using var store = await SqliteStore.OpenAsync(path, null, cancellationToken);
        return await LoadRun.RunAsync(writers, warmUp, measured, () => Environment.CpuUsage.TotalTime, async (_, random) =>
        {
            var outcome = await store.CommitAsync(new() { Writes = [new(new("Thing", Key(random)), Value(random))] }, cancellationToken);
            if (outcome is not CommitOutcome.Committed) throw new InvalidOperationException($"The store answered {outcome}.");
        });
    }

    /// <summary>What SQLite does by itself: the same settings, the same rows, one transaction each; it takes one writer at a time.</summary>
    private static async Task<LoadResult> SqliteAloneAsync(string path, int writers, TimeSpan warmUp, TimeSpan measured)
    {
        await File.WriteAllBytesAsync(path, []);
        using var connection = SqliteConnection.Open(path, null);
        connection.Execute("PRAGMA locking_mode=EXCLUSIVE");
        connection.QueryText("PRAGMA journal_mode=WAL");
        connection.Execute("PRAGMA synchronous=FULL");
        connection.Execute("CREATE TABLE document (key TEXT PRIMARY KEY, body BLOB NOT NULL)");
        using var upsert = connection.Prepare("INSERT INTO document VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET body = ?2");
        using var turn = new SemaphoreSlim(1);
        return await LoadRun.RunAsync(writers, warmUp, measured, () => Environment.CpuUsage.TotalTime, async (_, random) =>
        {
            string key = Key(random);
            byte[] value = Value(random);
            await turn.WaitAsync();
            try
            {
                upsert.Bind(1, key).Bind(2, value).Run();
            }
            finally
            {
                turn.Release();
            }
        });
    }
}
