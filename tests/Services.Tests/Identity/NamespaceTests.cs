using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Federation.Services.Tests.Identity;

public sealed class NamespaceTests : IdentityTest
{
    private static StringContent Body(string name) =>
        new("""{"apiVersion":"federation/v1","kind":"Namespace","metadata":{"name":"NAME"}}""".Replace("NAME", name), Encoding.UTF8, "application/json");

    [Fact]
    public async Task Namespaces_BelongToTheirTenantsAdministrators()
    {
        string boss = await Host.PrincipalAsync("shop", "boss", "admin");
        string ci = await Host.PrincipalAsync("shop", "ci", "deployer");
        string bank = await Host.PrincipalAsync("bank", "boss", "admin");
        Assert.Equal(HttpStatusCode.Created, (await Host.SendAsync(HttpMethod.Put, "/v1/namespaces/web", boss, Body("web"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.SendAsync(HttpMethod.Put, "/v1/namespaces/more", ci, Body("more"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Get, "/v1/namespaces/web", ci)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.SendAsync(HttpMethod.Get, "/v1/namespaces/web", bank)).StatusCode);
        JsonNode list = JsonNode.Parse(await (await Host.SendAsync(HttpMethod.Get, "/v1/namespaces", ci)).Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(["default", "web"], list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Conflict, (await Host.SendAsync(HttpMethod.Delete, "/v1/namespaces/default", boss)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Host.SendAsync(HttpMethod.Delete, "/v1/namespaces/web", boss)).StatusCode);
        // A tenant that nobody made has no rooms, not even for the platform's administrator.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Host.SendAsync(HttpMethod.Put, "/v1/namespaces/web?tenant=nobody", await Host.AdminTokenAsync(), Body("web"))).StatusCode);
    }
}
