using Federation.Adapters.Kubernetes.Reconciling;
using Federation.TestKit.Time;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>How soon what was refused is asked for again.</summary>
public sealed class RefusalPausesTests
{
    [Fact]
    public void Waits_RefusedTimeAndAgain_DoublesUpToAMinute()
    {
        var time = new VirtualTime();
        var pauses = new RefusalPauses(time);
        Assert.False(pauses.Waits("web", "r1"));
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            pauses.Refused("web", "r1", "quota");
            time.Advance(TimeSpan.FromSeconds(seconds - 0.5));
            Assert.True(pauses.Waits("web", "r1"));
            time.Advance(TimeSpan.FromSeconds(0.5));
            Assert.False(pauses.Waits("web", "r1"));
        }
        Assert.Equal("quota", pauses.ReasonOf("web"));
        pauses.Forget("web");
        Assert.Null(pauses.ReasonOf("web"));
    }

    [Fact]
    public void Waits_SomethingElseAskedFor_NotAtAll()
    {
        var time = new VirtualTime();
        var pauses = new RefusalPauses(time);
        pauses.Refused("web", "r1", "quota");
        Assert.False(pauses.Waits("web", "r2"));
        Assert.False(pauses.Waits("api", "r1"));
        pauses.Refused("web", "r2", "policy");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(pauses.Waits("web", "r2"));
    }
}
