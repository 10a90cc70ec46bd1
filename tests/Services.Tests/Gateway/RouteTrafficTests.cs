using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Gateway.Traffic;
using Federation.TestKit.Time;

namespace Federation.Services.Tests.Gateway;

public sealed class RouteTrafficTests
{
    private static readonly TenantId Shop = new("shop");
    private static readonly WorkloadKey Web = new(Shop, "default", "web");
    private readonly VirtualTime _time = new();

    [Fact]
    public void Of_ASteadyRoute_TellsItsRateErrorsAndLatency()
    {
        var traffic = new RouteTraffic(_time);
        for (int second = 0; second < 60; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            for (int i = 0; i < 10; i++) traffic.Note("shop.localhost/", Web, i == 0 ? 500 : 200, TimeSpan.FromMilliseconds(i == 0 ? 200 : 4));
        }
        RouteTrafficView view = Assert.Single(traffic.Of(Shop));
        Assert.Equal(("shop.localhost/", "default", "web"), (view.Address, view.Namespace, view.Workload));
        Assert.InRange(view.RequestsPerSecond, 9, 11);
        Assert.InRange(view.ErrorsPerSecond, 0.9, 1.1);
        Assert.InRange(view.MedianSeconds, 0.003, 0.005);
        Assert.InRange(view.P99Seconds, 0.1, 0.25);
    }

    [Fact]
    public void Of_ARouteNobodyAsksAnyMore_ForgetsIt()
    {
        var traffic = new RouteTraffic(_time);
        traffic.Note("shop.localhost/", Web, 200, TimeSpan.FromMilliseconds(1));
        Assert.Single(traffic.Of(Shop));
        _time.Advance(TimeSpan.FromSeconds(36));
        Assert.Empty(traffic.Of(Shop));
    }

    [Fact]
    public void Of_AnotherTenant_SeesNothing()
    {
        var traffic = new RouteTraffic(_time);
        traffic.Note("shop.localhost/", Web, 200, TimeSpan.FromMilliseconds(1));
        Assert.Empty(traffic.Of(new TenantId("other")));
    }

    [Fact]
    public void Note_AnswerThatTookAges_StaysTellable()
    {
        var traffic = new RouteTraffic(_time);
        traffic.Note("shop.localhost/", Web, 200, TimeSpan.FromHours(2));
        Assert.InRange(Assert.Single(traffic.Of(Shop)).P99Seconds, 10, 30);
    }
}
