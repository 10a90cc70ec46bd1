using System.Net;
using System.Security.Cryptography;
using Federation.Identity;
using Federation.Security.AtRest;
using Federation.ServiceDefaults.Auth;

namespace Federation.Services.Tests.Identity;

public sealed class FoundingTests : IdentityTest
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task FirstStart_LeavesPrivateFilesThatWork()
    {
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Folder, "bootstrap")));
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, "bootstrap"))) Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(Folder, "identity-kek")));
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Get, "/v1/tenants", await Host.AdminTokenAsync())).StatusCode);
        (string id, string secret) = Host.Credentials("developer.json");
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.SendAsync(HttpMethod.Get, "/v1/tenants", await Host.TokenAsync(id, secret))).StatusCode);
    }

    [Fact]
    public async Task SecondStart_IsTheSamePlane()
    {
        string authority = Host.Trust.AuthorityHash;
        string token = await Host.AdminTokenAsync();
        (string, string) admin = Host.Credentials("admin.json");
        await RestartAsync();
        Assert.Equal(authority, Host.Trust.AuthorityHash);
        Assert.Equal(admin, Host.Credentials("admin.json"));
        await Host.AdminTokenAsync();
        // The issuer's address has changed with the port, and with it the tokens' issuer.
        Assert.Equal(HttpStatusCode.Unauthorized, (await Host.SendAsync(HttpMethod.Get, "/v1/tenants", token)).StatusCode);
    }

    [Fact]
    public async Task Start_WithAnotherKeyFile_NamesItAndDamagesNothing()
    {
        string kek = Path.Combine(Folder, "identity-kek");
        string right = await File.ReadAllTextAsync(kek, Cancel);
        await Host.DisposeAsync();
        await File.WriteAllTextAsync(kek, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Cancel);
        KeyRingException error = await Assert.ThrowsAsync<KeyRingException>(() => IdentityApplication.BuildAsync(IdentityHost.Arguments(Folder, 0, 0)));
        Assert.Contains(kek, error.Message);
        Assert.Contains("Nothing is damaged", error.Message);
        File.Delete(kek);
        Assert.Contains(kek, (await Assert.ThrowsAsync<KeyRingException>(() => IdentityApplication.BuildAsync(IdentityHost.Arguments(Folder, 0, 0)))).Message);
        await File.WriteAllTextAsync(kek, right, Cancel);
        File.SetUnixFileMode(kek, OwnerOnly);
        await RestartAsync();
        await Host.AdminTokenAsync();
    }

    [Fact]
    public async Task KeyRotations_KeepThePlaneAndItsTokens()
    {
        string token = await Host.AdminTokenAsync();
        string kek = await File.ReadAllTextAsync(Path.Combine(Folder, "identity-kek"), Cancel);
        string authority = Host.Trust.AuthorityHash;
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Post, "/v1/keys/signing/rotate", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Post, "/v1/keys/identity/rotate", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Get, "/v1/tenants", token)).StatusCode);
        string newer = await Host.AdminTokenAsync();
        Assert.NotEqual(KeyOf(token), KeyOf(newer));
        Assert.NotEqual(kek, await File.ReadAllTextAsync(Path.Combine(Folder, "identity-kek"), Cancel));
        await RestartAsync();
        Assert.Equal(authority, Host.Trust.AuthorityHash);
        Assert.Equal(KeyOf(newer), KeyOf(await Host.AdminTokenAsync()));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Post, "/v1/keys/signing/rotate", await Host.AdminTokenAsync())).StatusCode);
        Assert.DoesNotContain(KeyOf(token)!, await Host.Http.GetStringAsync("/.well-known/jwks.json", Cancel));
    }

    [Fact]
    public void EveryEndpoint_SaysWhoMayCallIt() =>
        Assert.Empty(AccessReview.Undeclared(((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)Host.Application).DataSources.SelectMany(source => source.Endpoints)));

    [Fact]
    public async Task StateFolder_HoldsNoPrivateKeyAndNoSecret()
    {
        (_, string secret) = Host.Credentials("admin.json");
        await Host.PrincipalAsync("shop", "ci", "deployer");
        await Host.DisposeAsync();
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, "identity"), "*", SearchOption.TopDirectoryOnly))
        {
            string content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel));
            Assert.DoesNotContain(secret, content);
            Assert.DoesNotContain("PRIVATE KEY", content);
        }
        await RestartAsync();
    }

    private static string? KeyOf(string token) => System.Text.Json.Nodes.JsonNode.Parse(
        System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]))!["kid"]!.GetValue<string>();
}
