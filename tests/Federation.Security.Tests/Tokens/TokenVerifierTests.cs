using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Identifiers;
using Federation.Domain.Tenancy;
using Federation.Security.Principals;
using Federation.Security.Tokens;

namespace Federation.Security.Tests.Tokens;

public sealed class TokenVerifierTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TokenRules Rules = new("http://localhost:7070", TokenRules.FederationAudience);
    private static readonly Principal Developer = new("developer", new TenantId("default"), Role.Deployer);
    private readonly SigningKey _key = SigningKey.Create();
    private readonly JsonWebKeySet _keys;

    public TokenVerifierTests() => _keys = new([_key.Public]);

    public void Dispose() => _key.Dispose();

    private string Good() => TokenSigner.Sign(_key, Rules, Developer, Now, TokenRules.Lifetime);

    private TokenVerdict Judge(string token) => TokenVerifier.Verify(token, _keys, Rules, Now);

    // A token with any header and claims, truly signed: only the rules under test stand against it.
    private string Signed(string header, string payload, SigningKey? with = null)
    {
        string body = Text(header) + "." + Text(payload);
        byte[] pkcs8 = (with ?? _key).ExportPrivateKey();
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return body + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(body), HashAlgorithmName.SHA256));
    }

    private static string Text(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private string Header => $$"""{"alg":"ES256","kid":"{{_key.Public.KeyId}}"}""";

    private static JsonObject Claims() => new()
    {
        ["iss"] = Rules.Issuer,
        ["aud"] = "federation",
        ["sub"] = "developer",
        ["tenant"] = "default",
        ["role"] = "deployer",
        ["exp"] = Now.AddMinutes(5).ToUnixTimeSeconds(),
    };

    [Fact]
    public void Verify_OwnToken_GivesThePrincipal() =>
        Assert.Equal(new TokenVerdict.Accepted(Developer, (Now + TokenRules.Lifetime)), Judge(Good()));

    [Fact]
    public void Verify_HandMadeToken_IsAcceptedSoTheRefusalsBelowAreTheRulesDoing() =>
        Assert.IsType<TokenVerdict.Accepted>(Judge(Signed(Header, Claims().ToJsonString())));

    [Fact]
    public void Verify_WithinTheLeeway_IsAccepted_AndNotBeyondIt()
    {
        Assert.IsType<TokenVerdict.Accepted>(TokenVerifier.Verify(Good(), _keys, Rules, (Now + TokenRules.Lifetime).AddSeconds(59)));
        Assert.IsType<TokenVerdict.Refused>(TokenVerifier.Verify(Good(), _keys, Rules, (Now + TokenRules.Lifetime).AddSeconds(60)));
        Assert.IsType<TokenVerdict.Accepted>(TokenVerifier.Verify(Good(), _keys, Rules, Now.AddSeconds(-59)));
        Assert.IsType<TokenVerdict.Refused>(TokenVerifier.Verify(Good(), _keys, Rules, Now.AddSeconds(-61)));
    }

    [Fact]
    public void Verify_AlgorithmNone_IsRefused()
    {
        string payload = Text(Claims().ToJsonString());
        foreach (string algorithm in new[] { "none", "None", "NONE", "" })
        {
            string header = Text($$"""{"alg":"{{algorithm}}","kid":"{{_key.Public.KeyId}}"}""");
            Assert.IsType<TokenVerdict.Refused>(Judge($"{header}.{payload}."));
            Assert.IsType<TokenVerdict.Refused>(Judge($"{header}.{payload}"));
        }
    }

    [Fact]
    public void Verify_Hs256WithThePublicKeyAsSecret_IsRefused()
    {
        string body = Text($$"""{"alg":"HS256","kid":"{{_key.Public.KeyId}}"}""") + "." + Text(Claims().ToJsonString());
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(_key.ExportPrivateKey(), out _);
        foreach (byte[] secret in new[] { ecdsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(ecdsa.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(_key.Public.X) })
            Assert.IsType<TokenVerdict.Refused>(Judge(body + "." + Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(body)))));
    }

    [Fact]
    public void Verify_AnotherKeyUnderTheSameKeyId_IsRefused()
    {
        using var other = SigningKey.Create();
        Assert.IsType<TokenVerdict.Refused>(Judge(Signed(Header, Claims().ToJsonString(), other)));
    }

    [Fact]
    public void Verify_UnknownKeyId_SaysSo()
    {
        using var other = SigningKey.Create();
        Assert.Equal(new TokenVerdict.UnknownKey(other.Public.KeyId), Judge(TokenSigner.Sign(other, Rules, Developer, Now, TokenRules.Lifetime)));
    }

    [Fact]
    public void Verify_KeyInTheHeader_IsNotBelieved()
    {
        using var other = SigningKey.Create();
        string header = $$"""{"alg":"ES256","kid":"{{other.Public.KeyId}}","jwk":{"kty":"EC","crv":"P-256","x":"{{other.Public.X}}","y":"{{other.Public.Y}}"} }""";
        Assert.IsNotType<TokenVerdict.Accepted>(Judge(Signed(header, Claims().ToJsonString(), other)));
    }

    public static TheoryData<string, string> BrokenClaims()
    {
        var cases = new TheoryData<string, string>();
        Add("other audience", claims => claims["aud"] = "federation2");
        Add("other audiences", claims => claims["aud"] = new JsonArray("a", "b", 3));
        Add("no audience", claims => claims.Remove("aud"));
        Add("other issuer", claims => claims["iss"] = Rules.Issuer + "/");
        Add("no issuer", claims => claims.Remove("iss"));
        Add("no end", claims => claims.Remove("exp"));
        Add("end as text", claims => claims["exp"] = "99999999999");
        Add("end too far", claims => claims["exp"] = 1e300);
        Add("expired", claims => claims["exp"] = Now.AddMinutes(-2).ToUnixTimeSeconds());
        Add("not yet", claims => claims["nbf"] = Now.AddMinutes(2).ToUnixTimeSeconds());
        Add("start as text", claims => claims["nbf"] = "0");
        Add("issued in the future", claims => claims["iat"] = Now.AddMinutes(2).ToUnixTimeSeconds());
        Add("no subject", claims => claims.Remove("sub"));
        Add("no tenant", claims => claims.Remove("tenant"));
        Add("bad tenant", claims => claims["tenant"] = "../system");
        Add("role in capitals", claims => claims["role"] = "ADMIN");
        Add("role as number", claims => claims["role"] = 2);
        Add("no role", claims => claims.Remove("role"));
        cases.Add("duplicate member", Claims().ToJsonString().Replace("{", "{\"role\":\"admin\","));
        cases.Add("array", "[]");
        cases.Add("comment", Claims().ToJsonString() + "/**/");
        cases.Add("deep", Claims().ToJsonString().Replace("}", ",\"x\":[[[[[[]]]]]]}"));
        return cases;

        void Add(string name, Action<JsonObject> change)
        {
            JsonObject claims = Claims();
            change(claims);
            cases.Add(name, claims.ToJsonString());
        }
    }

    [Theory]
    [MemberData(nameof(BrokenClaims))]
    public void Verify_BrokenClaims_AreRefused(string name, string payload) =>
        Assert.True(Judge(Signed(Header, payload)) is TokenVerdict.Refused, name);

    [Fact]
    public void Verify_BrokenHeaders_AreRefused()
    {
        string payload = Claims().ToJsonString();
        string kid = _key.Public.KeyId;
        string[] headers =
        [
            $$"""{"alg":"ES256"}""", $$"""{"alg":"ES256","kid":""}""", $$"""{"alg":"ES256","kid":7}""", $$"""{"kid":"{{kid}}"}""", $$"""{"alg":"es256","kid":"{{kid}}"}""",
            $$"""{"alg":"ES384","kid":"{{kid}}"}""", $$"""{"alg":"ES256","kid":"{{kid}}","crit":["x"]}""", $$"""{"alg":"ES256","kid":"{{kid}}","b64":false}""",
            $$"""{"alg":"ES256","alg":"ES256","kid":"{{kid}}"}""", $$"""{"alg":"ES256","kid":"{{kid}}","typ":"dpop+jwt"}""", "[]", "", "null",
        ];
        foreach (string header in headers) Assert.True(Judge(Signed(header, payload)) is TokenVerdict.Refused, header);
    }

    [Fact]
    public void Verify_CutLongOrOddlyWrittenTokens_AreRefused()
    {
        string good = Good();
        for (int length = 0; length < good.Length; length++) Assert.IsType<TokenVerdict.Refused>(Judge(good[..length]));
        string[] odd =
        [
            good + "=", " " + good, good + "\n", good + ".", good + ".x", good.Replace('-', '+').Replace('_', '/') + "+", new string('a', 5000), "..", "a.b.c",
            good + new string('A', TokenRules.MaxTokenLength), new string('.', 100_000),
        ];
        foreach (string token in odd) Assert.IsType<TokenVerdict.Refused>(Judge(token));
    }

    [Fact]
    public void Verify_LastCharacterWithStrayBits_IsRefused()
    {
        // 64 bytes end in a character of which only the upper two bits count: 15 other spellings of one signature.
        string good = Good();
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int value = alphabet.IndexOf(good[^1], StringComparison.Ordinal);
        Assert.IsType<TokenVerdict.Refused>(Judge(good[..^1] + alphabet[value ^ 1]));
    }

    [Fact]
    public void Parse_KeySet_ReadsBackBothKeysOfARollover()
    {
        using var next = SigningKey.Create();
        JsonWebKeySet read = JsonWebKeySet.Parse(Encoding.UTF8.GetBytes(new JsonWebKeySet([next.Public, _key.Public]).ToJson().ToJsonString()));
        Assert.Equal([next.Public.KeyId, _key.Public.KeyId], read.Keys.Select(key => key.KeyId));
        Assert.IsType<TokenVerdict.Accepted>(TokenVerifier.Verify(Good(), read, Rules, Now));
        Assert.IsType<TokenVerdict.Accepted>(TokenVerifier.Verify(TokenSigner.Sign(next, Rules, Developer, Now, TokenRules.Lifetime), read, Rules, Now));
    }

    [Fact]
    public void Parse_KeyOffTheCurveOrNoKeySet_IsRefused()
    {
        string zero = Base64Url.EncodeToString(new byte[32]);
        string[] bad = ["", "[]", "{}", "{\"keys\":3}", $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"{{zero}}","y":"{{zero}}"}]}"""];
        foreach (string json in bad) Assert.Throws<FormatException>(() => JsonWebKeySet.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Open_ExportedKey_SignsUnderTheSameKeyId()
    {
        using SigningKey opened = SigningKey.Open(_key.ExportPrivateKey());
        Assert.Equal(_key.Public.KeyId, opened.Public.KeyId);
        Assert.IsType<TokenVerdict.Accepted>(Judge(TokenSigner.Sign(opened, Rules, Developer, Now, TokenRules.Lifetime)));
    }
}
