using Federation.Domain.Chance;
using Federation.Storage.Logs;
using Federation.Storage.Sqlite;

namespace Federation.Storage.Tests.CrashProof;

/// <summary>
/// The store under load on a recorded disk, cut at its syncs. The usual run samples the cuts of a short load;
/// all cuts of a longer one are checked with <c>FEDERATION_ALL_CUTS=1</c>.
/// </summary>
public sealed class SqliteCrashTests : IDisposable
{
    private const int SampledCuts = 60;
    private static readonly bool AllCuts = Environment.GetEnvironmentVariable("FEDERATION_ALL_CUTS") == "1";
    private readonly string _folder = Directory.CreateTempSubdirectory("crash-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Crash_AtAnySyncWithAnyLoss_KeepsEveryAcknowledgedRevisionAndNoneHalf()
    {
        var check = await RecordAsync("FULL");
        var cuts = AllCuts ? check.Cuts : Sample(check.Cuts, SampledCuts);
        Assert.True(cuts.Count >= SampledCuts, $"only {cuts.Count} cuts: the recording is too short to prove anything");
        var broken = await check.RunAsync([.. cuts], Cancel);
        Assert.True(broken.Count == 0, $"{broken.Count} broken of {cuts.Count} cuts; first: {string.Join(Environment.NewLine, broken.Take(5))}");
    }

    /// <summary>The proof's own proof: a store that does not wait for its disk must be found out.</summary>
    [Theory]
    [InlineData("OFF")]
    [InlineData("NORMAL")]
    public async Task Crash_OfAStoreThatDoesNotWaitForItsDisk_IsFoundOut(string synchronous)
    {
        var check = await RecordAsync(synchronous);
        var broken = await check.RunAsync([.. Sample(check.Cuts, 20)], Cancel);
        Assert.Contains(broken, finding => finding.Contains("was acknowledged, but", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Crash_OfAGroupCutInTwo_IsFoundOut()
    {
        var disk = new RecordingFileSystem();
        var groups = await LoadAsync(disk, "FULL");
        // As if two groups had been promised as one: the disk has states between, which must be seen as half.
        var merged = new List<CommitGroup>();
        for (int i = 0; i + 1 < groups.Count; i += 2) merged.Add(new(groups[i].PreviousRevision, groups[i + 1].Revision, [.. groups[i].Changes, .. groups[i + 1].Changes]));
        var check = new CrashCheck(disk.Operations, merged, _folder);
        var broken = await check.RunAsync([.. Sample(check.Cuts, 20)], Cancel);
        Assert.Contains(broken, finding => finding.Contains("half there", StringComparison.Ordinal));
    }

    private async Task<CrashCheck> RecordAsync(string synchronous)
    {
        var disk = new RecordingFileSystem();
        var groups = await LoadAsync(disk, synchronous);
        Assert.Contains(disk.Operations, operation => operation is DiskOperation.Write { File: "store.db" });
        return new(disk.Operations, groups, _folder);
    }

    /// <summary>Two openings, each with concurrent writers of one and several documents, growing, shrinking and deleting, over many checkpoints.</summary>
    private static async Task<List<CommitGroup>> LoadAsync(RecordingFileSystem disk, string synchronous)
    {
        string folder = Directory.CreateTempSubdirectory("recorded-").FullName;
        try
        {
            var groups = new List<CommitGroup>();
            var options = new SqliteCommitLogOptions { FileSystem = disk.Name, CheckpointPages = 40, FoldBytes = 8_000, Synchronous = synchronous };
            for (int opening = 0; opening < 2; opening++)
            {
                var log = new RecordingCommitLog(new SqliteCommitLog(Path.Combine(folder, "store.db"), SecureChance.Instance, options), disk, groups);
                await using var store = await DocumentStore.OpenAsync(log, new() { GroupTransactions = 6 }, Cancel);
                await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => WriteAsync(store, writer, opening), Cancel)));
            }
            return groups;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(DocumentStore store, int writer, int opening)
    {
        var random = new Random((opening * 100) + writer);
        for (int i = 0; i < (AllCuts ? 150 : 25); i++)
        {
            var writes = new SortedDictionary<string, StoreWrite>(StringComparer.Ordinal);
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                string key = $"{random.Next(60)}";
                byte[] body = new byte[random.Next(10) == 0 ? 9_000 : random.Next(300)];
                random.NextBytes(body);
                writes[key] = new(new("Thing", key), random.Next(5) == 0 ? null : body);
            }
            await store.CommitAsync(new() { Writes = [.. writes.Values] }, Cancel);
            if (writer == 0 && i % 15 == 14) await store.CompactAsync(store.Current.Revision, Cancel);
        }
    }

    /// <summary>The opening's cuts, all of them, and an even spread of the others.</summary>
    private static List<int> Sample(IReadOnlyList<int> cuts, int count)
    {
        var sample = new SortedSet<int>(cuts.Take(count / 4));
        for (int i = 0; i < count; i++) sample.Add(cuts[(int)((long)i * (cuts.Count - 1) / (count - 1))]);
        return [.. sample];
    }
}
