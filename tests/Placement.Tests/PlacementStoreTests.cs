using Federation.Placement.Documents;
using Federation.Storage;

namespace Federation.Placement.Tests;

/// <summary>A store is made where there was none, and not in the place of one that was lost.</summary>
public sealed class PlacementStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("placement-store-tests-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task OpenAsync_FirstStart_MakesTheStoreAndTheNextOpensIt()
    {
        await (await PlacementStore.OpenAsync(_folder, Ct)).DisposeAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "certificate"));
        await using IStore again = await PlacementStore.OpenAsync(_folder, Ct);
        Assert.Equal(2, again.Term);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenAsync_StoreOfAMemberIsGone_IsRefusedAndNoneIsMade(bool empty)
    {
        string path = Path.Combine(_folder, "placement.db");
        Directory.CreateDirectory(Path.Combine(_folder, "certificate"));
        if (empty) await File.WriteAllBytesAsync(path, [], Ct);
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PlacementStore.OpenAsync(_folder, Ct));
        Assert.Equal(StoreOpenFailure.Missing, refused.Failure);
        Assert.Contains("fedctl restore", refused.Message, StringComparison.Ordinal);
        Assert.Equal(empty, File.Exists(path));
    }
}
