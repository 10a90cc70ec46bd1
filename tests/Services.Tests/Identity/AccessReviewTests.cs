using Federation.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Federation.Services.Tests.Identity;

public sealed class AccessReviewTests
{
    private static WebApplication Application(Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<ITokenKeySource, NoKeys>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddAccessGate();
        WebApplication app = builder.Build();
        app.UsePlaneAuth();
        map(app);
        return app;
    }

    [Fact]
    public async Task Start_EndpointThatDoesNotSayWhoMayCallIt_IsRefusedByName()
    {
        await using WebApplication app = Application(app =>
        {
            app.MapGet("/health", () => "fine");
            app.MapGet("/v1/declared", () => "fine").RequireViewer();
            app.MapDelete("/v1/forgotten/{name}", (string name) => name);
        });
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("DELETE /v1/forgotten/{name}", error.Message);
    }

    [Fact]
    public async Task Undeclared_BothOrNeither_AreFound()
    {
        await using WebApplication app = Application(app =>
        {
            app.MapGet("/v1/role", () => "").RequireAdmin();
            app.MapGet("/v1/open", () => "").AllowAnonymousCaller("a test");
            app.MapGet("/v1/both", () => "").RequireAdmin().AllowAnonymousCaller("a test");
            app.MapGroup("/v1/group").RequireViewer().MapGet("/one", () => "");
            app.Map("/v1/{**rest}", () => "");
        });
        Assert.Equal(["* /v1/{**rest}", "GET /v1/both"], AccessReview.Undeclared(((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)));
    }

    [Fact]
    public async Task Call_WhileNoKeysWereEverHad_IsToldToTryAgain()
    {
        await using WebApplication app = Application(app => app.MapGet("/v1/role", () => "").RequireViewer());
        await app.StartAsync(TestContext.Current.CancellationToken);
        using HttpClient client = app.GetTestClient();
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, (int)(await IdentityHost.SendAsync(client, HttpMethod.Get, "/v1/role", "a.b.c")).StatusCode);
        Assert.Equal(StatusCodes.Status401Unauthorized, (int)(await IdentityHost.SendAsync(client, HttpMethod.Get, "/v1/role", null)).StatusCode);
    }

    private sealed class NoKeys : ITokenKeySource
    {
        public PlaneKeys? Current => null;

        public Task<PlaneKeys?> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult<PlaneKeys?>(null);
    }
}
