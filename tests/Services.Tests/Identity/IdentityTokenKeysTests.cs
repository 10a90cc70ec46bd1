using Federation.Security.Tokens;
using Federation.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Identity;

/// <summary>The keys that services check tokens by, from an Identity whose keys change.</summary>
public sealed class IdentityTokenKeysTests
{
    private string _issuer = "first";
    private int _fetched;

    [Fact]
    public async Task Refresh_RightAfterTheKeysWereFetchedAndRotated_BringsTheNewOnesAndIsSharedByAllWhoAsk()
    {
        await using WebApplication identity = await StartAsync();
        using var keys = new IdentityTokenKeys(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["services:identity:http:0"] = identity.Urls.First() }).Build(),
            TimeProvider.System, NullLogger<IdentityTokenKeys>.Instance);
        Assert.Equal("first", (await keys.RefreshAsync(TestContext.Current.CancellationToken))!.Rules.Issuer);
        _issuer = "second";
        PlaneKeys?[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => keys.RefreshAsync(TestContext.Current.CancellationToken)));
        Assert.All(all, static one => Assert.Equal("second", one!.Rules.Issuer));
        Assert.Equal(2, _fetched);
        Assert.Equal("second", keys.Current!.Rules.Issuer);
    }

    private async Task<WebApplication> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string> { ["issuer"] = _issuer }));
        app.MapGet("/.well-known/jwks.json", () =>
        {
            Interlocked.Increment(ref _fetched);
            return Results.Text(JsonWebKeySet.Empty.ToJson().ToJsonString(), "application/json");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
