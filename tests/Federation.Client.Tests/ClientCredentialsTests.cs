using Federation.Client.Tokens;
using Federation.Contracts.Api;
using Federation.TestKit.Time;

namespace Federation.Client.Tests;

public sealed class ClientCredentialsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<(StandInPlane Plane, ClientCredentials Source)> StartAsync(TimeProvider time)
    {
        int issued = 0;
        StandInPlane plane = await StandInPlane.StartAsync(context => context.JsonAsync(new TokenReply($"t{Interlocked.Increment(ref issued)}", "Bearer", 600)));
        return (plane, new ClientCredentials(new HttpClient { BaseAddress = plane.Address }, "me", "s&cret", time));
    }

    [Fact]
    public async Task Get_UntilFourFifthsOfItsLife_IsTheSameToken()
    {
        var time = new VirtualTime();
        (StandInPlane plane, ClientCredentials source) = await StartAsync(time);
        await using var _ = plane;
        Assert.Equal("t1", await source.GetAsync(Ct));
        time.Advance(TimeSpan.FromSeconds(479));
        Assert.Equal("t1", await source.GetAsync(Ct));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("t2", await source.GetAsync(Ct));
        StandInPlane.Asked asked = plane.Requests.First();
        Assert.Equal(("POST /oauth2/token", "grant_type=client_credentials&client_id=me&client_secret=s%26cret"), (asked.ToString(), asked.Body));
    }

    [Fact]
    public async Task Get_ByManyAtOnce_AsksOnce()
    {
        (StandInPlane plane, ClientCredentials source) = await StartAsync(TimeProvider.System);
        await using var _ = plane;
        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => await source.GetAsync(Ct)));
        Assert.All(tokens, token => Assert.Equal("t1", token));
        Assert.Single(plane.Requests);
    }

    [Fact]
    public async Task Refused_OldToken_LeavesTheNewOne()
    {
        (StandInPlane plane, ClientCredentials source) = await StartAsync(TimeProvider.System);
        await using var _ = plane;
        string first = await source.GetAsync(Ct);
        source.Refused(first);
        Assert.Equal("t2", await source.GetAsync(Ct));
        source.Refused(first);
        Assert.Equal("t2", await source.GetAsync(Ct));
    }

    [Fact]
    public async Task Get_WrongSecret_TellsWhatTheIssuerSays()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.JsonAsync(new { error = "invalid_client", error_description = "the secret is wrong" }, 401));
        using FederationClient client = FederationClient.Create(new() { Server = plane.Address, ClientId = "me", ClientSecret = "hunter2" });
        var refused = await Assert.ThrowsAsync<ApiException>(() => client.TenantsAsync(Ct));
        Assert.Equal(("invalid_client", "the secret is wrong"), (refused.Title, refused.Message));
        Assert.Single(plane.Requests);
    }
}
