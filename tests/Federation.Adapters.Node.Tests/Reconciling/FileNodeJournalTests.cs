using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Tests.Reconciling;

public sealed class FileNodeJournalTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-journal-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Load_AfterChanges_GivesWhatTheyLedTo()
    {
        using (var journal = new FileNodeJournal(_folder))
        {
            Assert.Equal(NodeState.Empty.Revision, (await journal.LoadAsync(Never)).Revision);
            await WriteAsync(journal);
        }
        await AssertKeptAsync();
        // Once more, from the compacted form.
        await AssertKeptAsync();
    }

    [Fact]
    public async Task Load_CutAnywhereInTheLastLine_KeepsAllBefore()
    {
        long whole;
        using (var journal = new FileNodeJournal(_folder))
        {
            await journal.LoadAsync(Never);
            await WriteAsync(journal);
            whole = new FileInfo(Path).Length;
            await journal.SaveReplicasAsync([Record("late-1")], [], Never);
        }
        byte[] content = await File.ReadAllBytesAsync(Path, Never);
        for (long length = whole; length < content.Length; length += 7)
        {
            await File.WriteAllBytesAsync(Path, content[..(int)length], Never);
            await AssertKeptAsync();
        }
    }

    [Fact]
    public async Task Load_DamagedInTheMiddle_RefusesRatherThanForget()
    {
        using (var journal = new FileNodeJournal(_folder))
        {
            await journal.LoadAsync(Never);
            await WriteAsync(journal);
        }
        byte[] content = await File.ReadAllBytesAsync(Path, Never);
        content[40] ^= 1;
        await File.WriteAllBytesAsync(Path, content, Never);
        using var damaged = new FileNodeJournal(_folder);
        InvalidDataException refusal = await Assert.ThrowsAsync<InvalidDataException>(() => damaged.LoadAsync(Never));
        Assert.Contains("damaged at byte 0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_AreTheOwnersAlone()
    {
        using var journal = new FileNodeJournal(_folder);
        await journal.LoadAsync(Never);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    private static async Task WriteAsync(FileNodeJournal journal)
    {
        await journal.SaveDesiredAsync(new DesiredChange(3, 7, [Desired("a"), Desired("b")], []), Never);
        await journal.SaveReplicasAsync([Record("a-1"), Record("a-2")], [], Never);
        await journal.SaveDesiredAsync(new DesiredChange(3, 8, [], [new("b.c.n")]), Never);
        await journal.SaveReplicasAsync([Record("a-1") with { Attempt = 4 }], [new("a-2")], Never);
    }

    private async Task AssertKeptAsync()
    {
        using var journal = new FileNodeJournal(_folder);
        NodeState state = await journal.LoadAsync(Never);
        Assert.Equal((3L, 8L), (state.Term, state.Revision));
        DesiredAssignment kept = Assert.Single(state.Desired);
        Assert.Equal("a.c.n", kept.Assignment.Id.Value);
        Assert.Equal([1, 2, 3], kept.Material[0].Box.ToArray());
        Assert.Equal(4, Assert.Single(state.Replicas).Attempt);
    }

    private static DesiredAssignment Desired(string workload) =>
        new(SteppedNode.Order(1, workload: workload), [new SealedFiles("Secret", "s", 1, new byte[] { 1, 2, 3 })]);

    private static ReplicaRecord Record(string id) => new()
    {
        Id = new(id),
        Assignment = new("a.c.n"),
        Workload = new(new("acme"), "default", "a"),
        Revision = new("r1"),
        Template = SteppedNode.Order(1).Template,
    };
}
