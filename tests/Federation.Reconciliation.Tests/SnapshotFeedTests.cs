namespace Federation.Reconciliation.Tests;

public class SnapshotFeedTests
{
    [Fact]
    public void TryPublish_OlderOrEqualVersion_IsRefused()
    {
        var feed = new SnapshotFeed<string>("a", 5);
        Assert.False(feed.TryPublish("b", 5));
        Assert.False(feed.TryPublish("b", 4));
        Assert.True(feed.TryPublish("b", 6));
        Assert.Equal("b", feed.Current);
    }

    [Fact]
    public async Task Follow_SeesTheNewestAfterEachChange()
    {
        var feed = new SnapshotFeed<string>("a");
        await using IAsyncEnumerator<string> follower = feed.FollowAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await follower.MoveNextAsync());
        Assert.Equal("a", follower.Current);
        feed.TryPublish("b", 1);
        feed.TryPublish("c", 2);
        Assert.True(await follower.MoveNextAsync());
        Assert.Equal("c", follower.Current);
    }
}
