using Federation.Domain.Chance;
using Federation.Storage.Leases;
using Federation.Storage.Logs;
using Federation.TestKit.Time;

namespace Federation.Storage.Tests.Leases;

public sealed class LeaseTableTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);
    private readonly VirtualTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<DocumentStore> OpenAsync() => await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Cancel);

    [Fact]
    public async Task Acquire_Free_IsGrantedUnderTermOne()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        Assert.Null(leases.Get("l"));
        Assert.Equal(new LeaseOutcome.Granted(1, Ten), await leases.AcquireAsync("l", "a", Ten, Cancel));
        Assert.True(leases.Get("l")!.IsLive);
    }

    [Fact]
    public async Task Acquire_HeldByAnother_SaysWhoAndHowLongStill()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(new LeaseOutcome.Held("a", 1, TimeSpan.FromSeconds(6)), await leases.AcquireAsync("l", "b", Ten, Cancel));
    }

    [Fact]
    public async Task Acquire_ByItsHolder_RenewsUnderTheSameTerm()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(new LeaseOutcome.Granted(1, Ten), await leases.AcquireAsync("l", "a", Ten, Cancel));
        Assert.Equal(Ten, leases.Get("l")!.Remaining);
    }

    [Fact]
    public async Task Acquire_AfterItEnded_GivesAHigherTermAlsoToTheSameHolder()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        _time.Advance(Ten);
        Assert.False(leases.Get("l")!.IsLive);
        Assert.Equal(new LeaseOutcome.Granted(2, Ten), await leases.AcquireAsync("l", "a", Ten, Cancel));
        _time.Advance(Ten);
        Assert.Equal(new LeaseOutcome.Granted(3, Ten), await leases.AcquireAsync("l", "b", Ten, Cancel));
    }

    [Fact]
    public async Task Renew_InTime_ExtendsByTheFullDuration()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal(new LeaseOutcome.Granted(1, Ten), await leases.RenewAsync("l", "a", 1, Cancel));
        }
        Assert.Equal(1, store.Current.Revision);
    }

    [Fact]
    public async Task Renew_TooLateOrByAnotherOrUnderAnOldTerm_SaysItEnded()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        Assert.Equal(new LeaseOutcome.Ended(0), await leases.RenewAsync("l", "a", 1, Cancel));
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        Assert.Equal(new LeaseOutcome.Ended(1), await leases.RenewAsync("l", "b", 1, Cancel));
        _time.Advance(Ten);
        Assert.Equal(new LeaseOutcome.Ended(1), await leases.RenewAsync("l", "a", 1, Cancel));
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        Assert.Equal(new LeaseOutcome.Ended(2), await leases.RenewAsync("l", "a", 1, Cancel));
    }

    [Fact]
    public async Task Release_ByItsHolder_FreesItAndTheTermIsNotForgotten()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        await leases.ReleaseAsync("l", "b", 1, Cancel);
        await leases.ReleaseAsync("l", "a", 2, Cancel);
        Assert.True(leases.Get("l")!.IsLive);
        await leases.ReleaseAsync("l", "a", 1, Cancel);
        Assert.False(leases.Get("l")!.IsLive);
        Assert.Equal(new LeaseOutcome.Granted(2, Ten), await leases.AcquireAsync("l", "b", Ten, Cancel));
    }

    [Fact]
    public async Task Judge_JustStarted_CountsEachLeaseInFullFromItsStart()
    {
        await using var store = await OpenAsync();
        await new LeaseTable(store, _time).AcquireAsync("l", "a", Ten, Cancel);
        _time.Advance(TimeSpan.FromHours(1));
        var restarted = new LeaseTable(store, _time);
        Assert.Equal(Ten, restarted.Get("l")!.Remaining);
        Assert.Equal(new LeaseOutcome.Granted(1, Ten), await restarted.RenewAsync("l", "a", 1, Cancel));
        _time.Advance(Ten);
        Assert.False(restarted.Get("l")!.IsLive);
    }

    [Fact]
    public async Task Judge_WallClockJumps_CountsOnItsMonotonicClock()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        await leases.AcquireAsync("l", "a", Ten, Cancel);
        _time.JumpWallClock(TimeSpan.FromDays(-400));
        _time.Advance(TimeSpan.FromSeconds(3));
        _time.JumpWallClock(TimeSpan.FromDays(900));
        Assert.Equal(TimeSpan.FromSeconds(7), leases.Get("l")!.Remaining);
    }

    [Fact]
    public async Task Acquire_ManyAtOnce_ExactlyOneHolds()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => leases.AcquireAsync("l", $"h{i}", Ten, Cancel), Cancel)));
        Assert.Single(outcomes.OfType<LeaseOutcome.Granted>());
        Assert.Equal(19, outcomes.OfType<LeaseOutcome.Held>().Count());
    }

    [Fact]
    public async Task Renew_ByAFencedJudge_IsNotGranted()
    {
        var log = new Commits.ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        var leases = new LeaseTable(store, _time);
        var acquire = leases.AcquireAsync("l", "a", Ten, Cancel);
        (await log.NextAsync()).Succeed();
        await acquire;
        var renew = leases.RenewAsync("l", "a", 1, Cancel);
        (await log.NextAsync()).Fail(new StoreFencedException("another judges"));
        await Assert.ThrowsAsync<StoreFencedException>(() => renew);
    }

    [Fact]
    public async Task List_Prefix_GivesTheLeasesInOrder()
    {
        await using var store = await OpenAsync();
        var leases = new LeaseTable(store, _time);
        foreach (string name in (string[])["eu/n2", "eu/n1", "us/n1"]) await leases.AcquireAsync(name, "a", Ten, Cancel);
        Assert.Equal(["eu/n1", "eu/n2"], leases.List("eu/").Select(lease => lease.Name));
    }
}
