using Federation.Adapters.Node.Leases;
using Federation.TestKit.Time;

namespace Federation.Adapters.Node.Tests.Reconciling;

public sealed class LeaseKeeperTests
{
    [Fact]
    public void Granted_Late_CountsFromBeforeTheRenewalWasSent()
    {
        var time = new VirtualTime();
        var lease = new LeaseKeeper(time);
        long renewal = lease.BeginRenewal();
        time.Advance(TimeSpan.FromSeconds(4));
        lease.Granted(renewal, TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(6) - LeaseKeeper.Margin, lease.Remaining);
        Assert.Equal(TimeSpan.Zero, lease.HeldFor);
    }

    [Fact]
    public void Granted_TwiceOrUnasked_HasNoEffect()
    {
        var time = new VirtualTime();
        var lease = new LeaseKeeper(time);
        long renewal = lease.BeginRenewal();
        lease.Granted(renewal + 1, TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, lease.Remaining);
        renewal = lease.BeginRenewal();
        lease.Granted(renewal, TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(5));
        lease.Granted(renewal, TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(5) - LeaseKeeper.Margin, lease.Remaining);
    }

    [Fact]
    public void Granted_AfterItsEnd_DoesNotHold()
    {
        var time = new VirtualTime();
        var lease = new LeaseKeeper(time);
        long renewal = lease.BeginRenewal();
        time.Advance(TimeSpan.FromSeconds(11));
        lease.Granted(renewal, TimeSpan.FromSeconds(10));
        Assert.True(lease.Remaining <= TimeSpan.Zero);
    }

    [Fact]
    public void HeldFor_AfterAGap_BeginsAnew()
    {
        var time = new VirtualTime();
        var lease = new LeaseKeeper(time);
        lease.Granted(lease.BeginRenewal(), TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(1));
        lease.Granted(lease.BeginRenewal(), TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(2), lease.HeldFor);
        time.JumpWallClock(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromSeconds(2), lease.HeldFor);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, lease.HeldFor);
        lease.Granted(lease.BeginRenewal(), TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), lease.HeldFor);
    }
}
