using System.Net;
using System.Text.Json.Nodes;

namespace Federation.Services.Tests.Identity;

/// <summary>The issuer against clients that others wrote: npm's openid-client and jose.</summary>
public sealed class IssuerInteropTests : IdentityTest
{
    private const string Client = """
        import * as client from 'openid-client';
        import { createRemoteJWKSet, jwtVerify } from 'jose';
        const [issuer, id, secret, method] = process.argv.slice(2);
        const authentication = method === 'basic' ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret);
        const config = await client.discovery(new URL(issuer), id, undefined, authentication, { execute: [client.allowInsecureRequests] });
        const tokens = await client.clientCredentialsGrant(config);
        const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
        const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, { issuer, audience: 'federation', algorithms: ['ES256'], typ: 'at+jwt' });
        console.log(JSON.stringify({ token: tokens.access_token, expiresIn: tokens.expires_in, payload, protectedHeader }));
        """;

    private const string Forger = """
        import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair, calculateJwkThumbprint } from 'jose';
        const [issuer] = process.argv.slice(2);
        const jwks = await (await fetch(issuer + '/.well-known/jwks.json')).json();
        const real = jwks.keys[0];
        const { privateKey, publicKey } = await generateKeyPair('ES256');
        const own = await exportJWK(publicKey);
        const claims = { tenant: 'system', role: 'admin', sub: 'admin' };
        const base = () => new SignJWT(claims).setIssuer(issuer).setAudience('federation').setIssuedAt().setExpirationTime('10m');
        console.log(JSON.stringify([
          await base().setProtectedHeader({ alg: 'ES256', kid: real.kid }).sign(privateKey),
          await base().setProtectedHeader({ alg: 'ES256', kid: await calculateJwkThumbprint(own), jwk: own }).sign(privateKey),
          await base().setProtectedHeader({ alg: 'ES256', kid: real.kid, jku: 'http://localhost:1/jwks' }).sign(privateKey),
          await base().setProtectedHeader({ alg: 'HS256', kid: real.kid }).sign(new TextEncoder().encode(JSON.stringify(real))),
          await base().setProtectedHeader({ alg: 'HS256', kid: real.kid }).sign(Buffer.from(real.x, 'base64url')),
          new UnsecuredJWT(claims).setIssuer(issuer).setAudience('federation').setIssuedAt().setExpirationTime('10m').encode(),
        ]));
        """;

    private string Issuer => Host.Http.BaseAddress!.ToString().TrimEnd('/');

    [Theory]
    [InlineData("basic")]
    [InlineData("post")]
    public async Task OpenidClient_DiscoversAndGetsATokenThatJoseVerifies(string method)
    {
        (string id, string secret) = Host.Credentials("developer.json");
        JsonNode result = JsonNode.Parse(await NodePackages.RunAsync(Client, Issuer, id, secret, method))!;
        Assert.Equal("default", result["payload"]!["tenant"]!.GetValue<string>());
        Assert.Equal("deployer", result["payload"]!["role"]!.GetValue<string>());
        Assert.Equal(result["expiresIn"]!.GetValue<int>(), result["payload"]!["exp"]!.GetValue<long>() - result["payload"]!["iat"]!.GetValue<long>());
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Get, "/v1/namespaces", result["token"]!.GetValue<string>())).StatusCode);
    }

    [Fact]
    public async Task OpenidClient_AfterAKeyRollover_StillVerifies()
    {
        (string id, string secret) = Host.Credentials("developer.json");
        string before = JsonNode.Parse(await NodePackages.RunAsync(Client, Issuer, id, secret, "post"))!["protectedHeader"]!["kid"]!.GetValue<string>();
        await Host.SendAsync(HttpMethod.Post, "/v1/keys/signing/rotate", await Host.AdminTokenAsync());
        string after = JsonNode.Parse(await NodePackages.RunAsync(Client, Issuer, id, secret, "post"))!["protectedHeader"]!["kid"]!.GetValue<string>();
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task TokensThatJoseForges_AreRefused()
    {
        JsonArray forged = JsonNode.Parse(await NodePackages.RunAsync(Forger, Issuer))!.AsArray();
        Assert.Equal(6, forged.Count);
        foreach (JsonNode? token in forged)
            Assert.Equal(HttpStatusCode.Unauthorized, (await Host.SendAsync(HttpMethod.Get, "/v1/namespaces", token!.GetValue<string>())).StatusCode);
    }
}
