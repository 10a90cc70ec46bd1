using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;
using Federation.Placement.Api;
using Federation.Placement.Documents;
using Federation.Storage;
using Federation.Storage.Logs;

namespace Federation.Placement.Tests.Api;

public sealed class RouteRulesTests : IAsyncLifetime
{
    private IStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        PortTemplate dns = new() { Name = "dns", Protocol = PortProtocol.Udp };
        StoreWrite[] writes = [Declared("names", dns, new() { Name = "dns-tcp", Protocol = PortProtocol.Tcp }, new() { Name = "http" }), Declared("statsd", dns)];
        Assert.IsType<CommitOutcome.Committed>(await _store.CommitAsync(new StoreTransaction { Writes = writes }, Ct));
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public void PortRefusal_OfAPortForDatagrams_NamesThePlaceAndThePortsThatWouldDo()
    {
        InputError error = Assert.Single(RouteRules.PortRefusal(To("names", "dns"), new("t"), _store.Current)!.Errors!);

        Assert.Equal("spec.port", error.Path);
        Assert.Contains("datagrams", error.Rule, StringComparison.Ordinal);
        Assert.Equal("it has dns-tcp, http", error.Suggestion);
    }

    [Fact]
    public void PortRefusal_OfTheFirstPort_WhereNoneTakesConnections_HasNoneToName() =>
        Assert.Null(Assert.Single(RouteRules.PortRefusal(To("statsd", null), new("t"), _store.Current)!.Errors!).Suggestion);

    [Theory]
    [InlineData("names", "http")]
    [InlineData("names", "dns-tcp")]
    [InlineData("names", null)]
    [InlineData("names", "later")]
    [InlineData("later", "dns")]
    public void PortRefusal_OfAnotherPort_OrOneThatIsNotDeclaredYet_IsNone(string workload, string? port) =>
        Assert.Null(RouteRules.PortRefusal(To(workload, port), new("t"), _store.Current));

    [Fact]
    public void PortRefusal_LooksAtNoOtherTenantsWorkload() => Assert.Null(RouteRules.PortRefusal(To("names", "dns"), new("u"), _store.Current));

    private static StoreWrite Declared(string name, params PortTemplate[] ports) => PlacementState.Put(Kinds.Workload, $"t/default/{name}", new Workload
    {
        Metadata = new() { Name = name, Namespace = "default", Tenant = new("t"), Uid = $"uid-{name}", Generation = 1 },
        Spec = new() { Template = new() { Image = "names:1", Ports = ports } },
    });

    private static Route To(string workload, string? port) => new()
    {
        Metadata = new() { Name = "names", Namespace = "default" },
        Spec = new() { Host = "names.localhost", Workload = workload, Port = port },
    };
}
