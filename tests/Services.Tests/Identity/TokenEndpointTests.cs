using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Identity.Tokens;

namespace Federation.Services.Tests.Identity;

public sealed class TokenEndpointTests : IdentityTest
{
    private async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> PostAsync(string form, string? basic = null, string type = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new StringContent(form, Encoding.UTF8, type) };
        if (basic is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        HttpResponseMessage reply = await Host.Http.SendAsync(request, Cancel);
        return (reply.StatusCode, JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!, reply.Headers);
    }

    [Fact]
    public async Task Post_RightCredentials_GetATokenByBothMethods()
    {
        (string id, string secret) = Host.Credentials("admin.json");
        var byBody = await PostAsync($"grant_type=client_credentials&client_id={id}&client_secret={secret}");
        var byBasic = await PostAsync("grant_type=client_credentials", $"{id}:{secret}");
        foreach (var reply in new[] { byBody, byBasic })
        {
            Assert.Equal(HttpStatusCode.OK, reply.Status);
            Assert.Equal("Bearer", reply.Body["token_type"]!.GetValue<string>());
            Assert.True(reply.Body["expires_in"]!.GetValue<int>() > 0);
            Assert.True(reply.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task Post_WrongRequests_GetTheErrorsOfRfc6749()
    {
        (string id, string secret) = Host.Credentials("admin.json");
        (string Form, string? Basic, int Status, string Error)[] cases =
        [
            ("", null, 400, "unsupported_grant_type"),
            ("grant_type=password&username=a&password=b", null, 400, "unsupported_grant_type"),
            ("grant_type=client_credentials", null, 401, "invalid_client"),
            ($"grant_type=client_credentials&client_id={id}&client_secret=no", null, 401, "invalid_client"),
            ("grant_type=client_credentials&client_id=system.nobody&client_secret=no", null, 401, "invalid_client"),
            ("grant_type=client_credentials&client_id=..%2F..&client_secret=no", null, 401, "invalid_client"),
            ("grant_type=client_credentials", $"{id}:no", 401, "invalid_client"),
            ("grant_type=client_credentials", "no colon", 400, "invalid_request"),
            ($"grant_type=client_credentials&client_secret={secret}", $"{id}:{secret}", 400, "invalid_request"),
            ($"grant_type=client_credentials&grant_type=client_credentials&client_id={id}&client_secret={secret}", null, 400, "invalid_request"),
            ("grant_type=client_credentials&x=" + new string('a', 20_000), null, 400, "invalid_request"),
        ];
        foreach ((string form, string? basic, int status, string error) in cases)
        {
            var reply = await PostAsync(form, basic);
            Assert.Equal((status, error), ((int)reply.Status, reply.Body["error"]!.GetValue<string>()));
            if (status == 401 && basic is not null) Assert.Equal("Basic", reply.Headers.WwwAuthenticate.Single().Scheme);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("{}", null, "application/json")).Status);
    }

    [Fact]
    public async Task Post_ManyFailures_AreLimitedWithoutLockingTheRealClientOut()
    {
        (string id, string secret) = Host.Credentials("admin.json");
        await Host.TokenAsync(id, secret);
        for (int i = 0; i < SecretChecks.FailuresPerMinute; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync($"grant_type=client_credentials&client_id={id}&client_secret=guess{i}")).Status);
        var limited = await PostAsync($"grant_type=client_credentials&client_id={id}&client_secret=guess");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.Status);
        Assert.InRange(limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await Host.TokenAsync(id, secret);
    }

    [Fact]
    public async Task Delete_Account_EndsItsCredentials()
    {
        string admin = await Host.AdminTokenAsync();
        await Host.PrincipalAsync("shop", "ci", "deployer");
        HttpResponseMessage rotated = await Host.SendAsync(HttpMethod.Post, "/v1/serviceaccounts/ci/rotate?tenant=shop", admin);
        JsonNode account = JsonNode.Parse(await rotated.Content.ReadAsStringAsync(Cancel))!;
        string id = account["clientId"]!.GetValue<string>(), secret = account["clientSecret"]!.GetValue<string>();
        await Host.TokenAsync(id, secret);
        Assert.Equal(HttpStatusCode.NoContent, (await Host.SendAsync(HttpMethod.Delete, "/v1/serviceaccounts/ci?tenant=shop", admin)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync($"grant_type=client_credentials&client_id={id}&client_secret={secret}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await Host.SendAsync(HttpMethod.Delete, "/v1/serviceaccounts/admin", admin)).StatusCode);
    }

    [Fact]
    public async Task Calls_ByRoleAndTenant_SeeAndWriteTheirOwnAlone()
    {
        string viewer = await Host.PrincipalAsync("shop", "viewer", "viewer");
        string shop = await Host.PrincipalAsync("shop", "boss", "admin");
        string bank = await Host.PrincipalAsync("bank", "boss", "admin");
        (string Token, HttpMethod Method, string Path, object? Body, int Status)[] cases =
        [
            (viewer, HttpMethod.Get, "/v1/serviceaccounts", null, 403),
            (viewer, HttpMethod.Post, "/v1/serviceaccounts", new ServiceAccountRequest("x", "admin"), 403),
            (viewer, HttpMethod.Get, "/v1/serviceaccounts?tenant=bank", null, 403),
            (shop, HttpMethod.Get, "/v1/serviceaccounts", null, 200),
            (shop, HttpMethod.Get, "/v1/serviceaccounts?tenant=shop", null, 200),
            (shop, HttpMethod.Get, "/v1/serviceaccounts?tenant=bank", null, 403),
            (shop, HttpMethod.Get, "/v1/serviceaccounts?tenant=no-such-tenant", null, 403),
            (shop, HttpMethod.Get, "/v1/serviceaccounts?tenant=bank&tenant=shop", null, 400),
            (shop, HttpMethod.Post, "/v1/jointokens", new JoinTokenRequest("eu", null, null), 403),
            (shop, HttpMethod.Post, "/v1/tenants", new TenantRequest("mine"), 403),
            (shop, HttpMethod.Post, "/v1/keys/signing/rotate", null, 403),
            (bank, HttpMethod.Delete, "/v1/serviceaccounts/viewer", null, 404),
            (bank, HttpMethod.Post, "/v1/serviceaccounts", new ServiceAccountRequest("x", "root"), 400),
            (bank, HttpMethod.Post, "/v1/serviceaccounts", new ServiceAccountRequest("Big", "viewer"), 400),
            (bank, HttpMethod.Post, "/v1/serviceaccounts", new ServiceAccountRequest("boss", "viewer"), 409),
        ];
        foreach (var call in cases)
            Assert.Equal((call.Path, call.Status), (call.Path, (int)(await Host.SendAsync(call.Method, call.Path, call.Token, call.Body)).StatusCode));
        foreach (string? none in new[] { null, "", "x.y.z", shop[..^2], new string('a', 10_000) })
        {
            HttpResponseMessage reply = await Host.SendAsync(HttpMethod.Get, "/v1/serviceaccounts", none);
            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
            Assert.Equal(ProblemTypes.Unauthenticated, JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!["type"]!.GetValue<string>());
            Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.Single().Scheme);
        }
        string audit = await (await Host.SendAsync(HttpMethod.Get, "/v1/audit", shop)).Content.ReadAsStringAsync(Cancel);
        Assert.Contains("ServiceAccount:shop/viewer", audit);
        Assert.Contains("system/admin", audit);
        Assert.DoesNotContain("bank", audit);
    }

    [Fact]
    public async Task Token_AfterItsEnd_IsRefused()
    {
        string token = await Host.AdminTokenAsync();
        Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Get, "/v1/tenants", token)).StatusCode);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Host.SendAsync(HttpMethod.Get, "/v1/tenants", token)).StatusCode);
    }
}
