using System.Diagnostics;
using Federation.Domain.Chance;
using Federation.Storage.Sqlite;
using Federation.Storage.Tests.CrashProof;

namespace Federation.Storage.Tests.Sqlite;

public sealed class SqliteCommitLogTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Full = 13, SyncFailed = 1034, WriteFailed = 778;
    private readonly string _folder = Directory.CreateTempSubdirectory("sqlite-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_folder, "store.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<CommitOutcome> PutAsync(IStore store, string key, int size = 10) =>
        store.CommitAsync(new() { Writes = [new(new("Thing", key), new byte[size])] }, Cancel);

    private Task<DocumentStore> OpenAsync(RecordingFileSystem disk) =>
        DocumentStore.OpenAsync(new SqliteCommitLog(Database, SecureChance.Instance, new() { FileSystem = disk.Name, CheckpointPages = 1_000_000 }), null, Cancel);

    [Fact]
    public async Task Open_HeldByAnother_NamesTheLockFileAndTheProcess()
    {
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.Locked, thrown.Failure);
        Assert.Contains($"{Database}.lock", thrown.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", thrown.Message, StringComparison.Ordinal);
        await PutAsync(store, "the first goes on");
    }

    [Fact]
    public async Task Open_LockFileOfADeadProcess_Succeeds()
    {
        await File.WriteAllTextAsync(Database + ".lock", "4194304", Cancel);
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        await PutAsync(store, "a");
    }

    [Fact]
    public async Task Open_NoFolder_MakesItAndAllFilesForTheOwnerOnly()
    {
        string path = Path.Combine(_folder, "new", "store.db");
        await using var store = await SqliteStore.OpenAsync(path, null, Cancel);
        await PutAsync(store, "a");
        var files = Directory.GetFiles(Path.GetDirectoryName(path)!);
        Assert.Equal(["store.db", "store.db-wal", "store.db.lock"], files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(file)));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task Open_FileReadableByOthers_TakesTheirRightsAway()
    {
        await (await SqliteStore.OpenAsync(Database, null, Cancel)).DisposeAsync();
        File.SetUnixFileMode(Database, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Database));
    }

    [Fact]
    public async Task Open_NoRoomForTheHoldersName_LocksAllTheSame()
    {
        File.CreateSymbolicLink(Database + ".lock", "/dev/full");
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.Locked, thrown.Failure);
    }

    [Fact]
    public async Task Open_SomeOtherFile_IsRefusedAndLeftAsItIs()
    {
        byte[] content = new byte[8_192];
        new Random(3).NextBytes(content);
        await File.WriteAllBytesAsync(Database, content, Cancel);
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.NotAStore, thrown.Failure);
        Assert.Contains(Database, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllBytesAsync(Database, Cancel));
    }

    [Fact]
    public async Task Open_AnotherProgramsDatabase_IsRefusedAndLeftAsItIs()
    {
        await File.WriteAllBytesAsync(Database, [], Cancel);
        using (var other = SqliteConnection.Open(Database, null)) other.Execute("CREATE TABLE theirs (x)");
        byte[] before = await File.ReadAllBytesAsync(Database, Cancel);
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.NotAStore, thrown.Failure);
        Assert.Equal(before, await File.ReadAllBytesAsync(Database, Cancel));
    }

    [Fact]
    public async Task Open_NewerFormat_IsRefused()
    {
        await (await SqliteStore.OpenAsync(Database, null, Cancel)).DisposeAsync();
        using (var connection = SqliteConnection.Open(Database, null)) connection.Execute("PRAGMA user_version=99");
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.NewerFormat, thrown.Failure);
    }

    [Fact]
    public async Task Open_DamagedPages_SaysSo()
    {
        await using (var store = await SqliteStore.OpenAsync(Database, null, Cancel))
        {
            for (int i = 0; i < 50; i++) await PutAsync(store, $"{i}", 2_000);
        }
        await using (var file = new FileStream(Database, FileMode.Open))
        {
            byte[] noise = new byte[file.Length - 8_192];
            new Random(4).NextBytes(noise);
            file.Position = 8_192;
            await file.WriteAsync(noise, Cancel);
        }
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.Corrupt, thrown.Failure);
        Assert.Contains(Database, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PathCannotBeMade_NamesIt()
    {
        string path = Path.Combine(Database, "below a file", "store.db");
        await File.WriteAllTextAsync(Database, "", Cancel);
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(path, null, Cancel));
        Assert.Equal(StoreOpenFailure.Unreachable, thrown.Failure);
        Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Full, "the disk is full")]
    [InlineData(WriteFailed, "the disk refused")]
    public async Task Commit_DiskRefusesTheWrite_FailsThatGroupAndGoesOnServing(int fault, string reason)
    {
        var disk = new RecordingFileSystem();
        await using (var store = await OpenAsync(disk))
        {
            await PutAsync(store, "before");
            disk.Fault = operation => operation is DiskOperation.Write ? fault : 0;
            for (int i = 0; i < 3; i++)
            {
                var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(store, "refused"));
                Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
                Assert.Contains(Database, thrown.Message, StringComparison.Ordinal);
            }
            Assert.NotNull(store.Current.Get(new("Thing", "before")));
            Assert.Null(store.Current.Get(new("Thing", "refused")));
            disk.Fault = null;
            Assert.Equal(new CommitOutcome.Committed(2), await PutAsync(store, "after"));
        }
        await using var reopened = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(["after", "before"], reopened.Current.List("Thing").Select(document => document.Key.Key));
    }

    [Fact]
    public async Task Commit_SyncFails_IsNotAcknowledgedAndTheNextOneTakesItsPlace()
    {
        var disk = new RecordingFileSystem();
        await using (var store = await OpenAsync(disk))
        {
            await PutAsync(store, "before");
            disk.Fault = operation => operation is DiskOperation.Sync ? SyncFailed : 0;
            await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(store, "refused"));
            disk.Fault = null;
            Assert.Equal(new CommitOutcome.Committed(2), await PutAsync(store, "after"));
        }
        await using var reopened = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(["after", "before"], reopened.Current.List("Thing").Select(document => document.Key.Key));
    }

    [Fact]
    public async Task Open_LockFileDeletedUnderItsHolder_IsKeptOutByTheDatabasesOwnLock()
    {
        await using var first = await SqliteStore.OpenAsync(Database, null, Cancel);
        await PutAsync(first, "a");
        File.Delete(Database + ".lock");
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.Locked, thrown.Failure);
        await PutAsync(first, "b");
    }

    [Fact]
    public async Task Append_ToARevisionThatIsNotTheNewest_IsFencedAndWritesNothing()
    {
        await using (var log = new SqliteCommitLog(Database, SecureChance.Instance))
        {
            await log.OpenAsync(Cancel);
            var document = new StoredDocument(new("Thing", "a"), 6, 6, new byte[1]);
            await Assert.ThrowsAsync<StoreFencedException>(() => log.AppendAsync(new(5, 6, [new(document.Key, 6, document, null)]), Cancel));
        }
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(0, store.Current.Revision);
        Assert.Empty(store.Current.List("Thing"));
    }

    [Fact]
    public async Task Append_ManyTimes_CarriesBatchesOverAndKeepsTheirNumberBounded()
    {
        var random = new Random(5);
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using (var store = await DocumentStore.OpenAsync(new SqliteCommitLog(Database, SecureChance.Instance, new() { FoldBytes = 5_000 }), null, Cancel))
        {
            for (int i = 0; i < 1_500; i++)
            {
                string key = $"{random.Next(40)}";
                bool deletes = random.Next(4) == 0 && expected.ContainsKey(key);
                var outcome = await store.CommitAsync(new() { Writes = [deletes ? StoreWrite.Delete(new("Thing", key)) : new(new("Thing", key), new byte[random.Next(200)])] }, Cancel);
                if (deletes) expected.Remove(key);
                else expected[key] = Assert.IsType<CommitOutcome.Committed>(outcome).Revision;
            }
        }
        using (var connection = SqliteConnection.Open(Database, null))
        {
            Assert.InRange(connection.QueryInteger("SELECT count(*) FROM batch"), 1, 300);
            Assert.True(connection.QueryInteger("SELECT revision FROM meta") > 1_000, "batches were carried over");
        }
        await using var reopened = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), reopened.Current.List("Thing").Select(document => (document.Key.Key, document.Revision)));
    }

    [Theory]
    [InlineData("DELETE FROM batch WHERE revision = 5", "the changes between revisions 4 and 5 are missing")]
    [InlineData("UPDATE batch SET content = substr(content, 1, length(content) - 1) WHERE revision = 5", "a batch holds a change that no store wrote")]
    [InlineData("UPDATE batch SET content = (SELECT content FROM batch WHERE revision = 3) WHERE revision = 5", "revision 3 follows revision 4")]
    [InlineData("DELETE FROM meta", "its meta row is missing")]
    [InlineData("INSERT INTO document VALUES ('Thing', 'x', 99, 99, x'00')", "a document's revision is not one that was committed")]
    public async Task Open_ContentThatNoStoreLeft_IsDamaged(string damage, string finding)
    {
        await using (var store = await SqliteStore.OpenAsync(Database, null, Cancel))
        {
            for (int i = 0; i < 8; i++) await PutAsync(store, $"{i}");
        }
        using (var connection = SqliteConnection.Open(Database, null)) connection.Execute(damage);
        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));
        Assert.Equal(StoreOpenFailure.Corrupt, thrown.Failure);
        Assert.Contains(finding, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 4)] // a page
    [InlineData(4, 1)] // a frame's header
    [InlineData(16, 8)] // its checksum
    [InlineData(0, 10_000)] // several frames
    public async Task Open_WriteAheadLogDamagedBeforeOtherCommits_IsRefusedAndLeftAsItIs(int offset, int length)
    {
        string log = Database + "-wal";
        (byte[] database, byte[] written) = await CutAsync();
        int frame = 24 + 4096, damaged = 32 + 12 * frame;
        for (int i = 0; i < length; i++) written[damaged + offset + i] ^= 0xff;
        await File.WriteAllBytesAsync(Database, database, Cancel);
        await File.WriteAllBytesAsync(log, written, Cancel);

        var thrown = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(Database, null, Cancel));

        Assert.Equal(StoreOpenFailure.Corrupt, thrown.Failure);
        Assert.EndsWith($"truncate -s {damaged} {log}", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(database, await File.ReadAllBytesAsync(Database, Cancel));
        Assert.Equal(written, await File.ReadAllBytesAsync(log, Cancel));
        await File.WriteAllBytesAsync(log, written[..damaged], Cancel);
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.InRange(store.Current.List("Thing").Count(), 1, 19);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    public async Task Open_LastCommitTornByACut_OpensWithoutIt(int torn)
    {
        (byte[] database, byte[] written) = await CutAsync();
        for (int i = 1; i <= torn; i++) written[^i] ^= 0xff;
        await File.WriteAllBytesAsync(Database, database, Cancel);
        await File.WriteAllBytesAsync(Database + "-wal", written, Cancel);
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(19, store.Current.List("Thing").Count());
    }

    // What is on the disk of a store with 20 commits in its write-ahead log, whose process was killed.
    private async Task<(byte[] Database, byte[] Log)> CutAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        for (int i = 0; i < 20; i++) await PutAsync(store, $"{i}", 3_000);
        return (await File.ReadAllBytesAsync(Database, Cancel), await File.ReadAllBytesAsync(Database + "-wal", Cancel));
    }

    [Fact]
    public async Task Compact_AfterManyWrites_EmptiesTheWriteAheadLog()
    {
        await using var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        for (int i = 0; i < 30; i++) await PutAsync(store, $"{i}", 3_000);
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
        await store.CompactAsync(store.Current.Revision, Cancel);
        Assert.Equal(0, new FileInfo(Database + "-wal").Length);
        Assert.Equal(30, store.Current.List("Thing").Count());
        await PutAsync(store, "after");
        await store.DisposeAsync();
        using (var connection = SqliteConnection.Open(Database, null)) Assert.Equal(1, connection.QueryInteger("SELECT count(*) FROM batch"));
        await using var reopened = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.Equal(31, reopened.Current.List("Thing").Count());
    }

    [Fact]
    public async Task Open_ByAnotherProcess_IsKeptOutUntilThisOneEnds()
    {
        var store = await SqliteStore.OpenAsync(Database, null, Cancel);
        Assert.NotEqual(0, await FlockAsync());
        await store.DisposeAsync();
        Assert.Equal(0, await FlockAsync());

        async Task<int> FlockAsync()
        {
            using var process = Process.Start("flock", ["--nonblock", "--exclusive", Database + ".lock", "true"]);
            await process.WaitForExitAsync(Cancel);
            return process.ExitCode;
        }
    }
}
