using System.Net;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.ServiceDefaults.Hosting;
using Federation.Services.Tests.Gateway;
using Federation.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Federation.Services.Tests.Problems;

public class StoreProblemTests
{
    [Fact]
    public async Task Write_ThatTheDiskRefuses_IsToldAsToBeTriedAgain_WithoutPaths()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        int port = GatewayRig.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceDefaults("full");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapPut("/full", (RequestDelegate)(_ => throw new StoreUnavailableException("Store /var/secret-place/store cannot write: the disk is full")));
        app.MapPut("/broken", (RequestDelegate)(_ => throw new InvalidOperationException("a bug")));
        await app.StartAsync(ct);
        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };

        using HttpResponseMessage full = await client.PutAsync("/full", null, ct);
        string text = await full.Content.ReadAsStringAsync(ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        Assert.NotNull(full.Headers.RetryAfter);
        Assert.Equal(ProblemTypes.Unavailable, JsonNode.Parse(text)!["type"]!.GetValue<string>());
        Assert.Contains("cannot write to its disk, so nothing was changed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-place", text, StringComparison.Ordinal);
        using HttpResponseMessage broken = await client.PutAsync("/broken", null, ct);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
    }
}
