using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Grpc.Client;
using Federation.Grpc.Status;
using Federation.SecretStore;
using Federation.Security.AtRest;
using Federation.Security.Enrollment;
using Federation.Security.Sealing;
using Federation.Security.Tls;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;
using Federation.Services.Tests.Identity;
using Google.Protobuf;

namespace Federation.Services.Tests.SecretStore;

public sealed class SecretStoreTests : IdentityTest
{
    private const string Plaintext = "hunter2-is-not-a-good-passphrase/äö+&";
    private static readonly NodeKey Node = new(new("eu-cloud"), new("n1"));
    private readonly MachineKey _placementKey = MachineKey.Create();
    private readonly MachineKey _nodeKey = MachineKey.Create();
    private SecretStoreHost _store = null!;
    private X509Certificate2 _placement = null!;
    private X509Certificate2 _node = null!;
    private string _deployer = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _store = await SecretStoreHost.StartAsync(Host);
        _placement = await Host.EnrollServiceAsync("placement", _placementKey);
        _node = await Host.EnrollNodeAsync(Node, _nodeKey);
        _deployer = await Host.PrincipalAsync("shop", "ci", "deployer");
    }

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await base.DisposeAsync();
        _placementKey.Dispose();
        _nodeKey.Dispose();
    }

    private async Task RestartStoreAsync()
    {
        await _store.DisposeAsync();
        _store = await SecretStoreHost.StartAsync(Host);
    }

    private static StringContent Body(string kind, string name, string key, string value) => new(
        new JsonObject
        {
            ["apiVersion"] = "federation/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["data"] = new JsonObject { [key] = value } },
        }.ToJsonString(), Encoding.UTF8, "application/json");

    private Task<HttpResponseMessage> ApplyAsync(string kind, string name, string value, string? token = null, string key = "password", string query = "") =>
        _store.SendAsync(HttpMethod.Put, $"/v1/namespaces/default/{kind.ToLowerInvariant()}s/{name}{query}", token ?? _deployer, Body(kind, name, key, value));

    private async Task<JsonNode> GetAsync(string path, string? token = null)
    {
        HttpResponseMessage reply = await _store.SendAsync(HttpMethod.Get, path, token ?? _deployer);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!;
    }

    private async Task<SealReply> SealAsync(X509Certificate2? caller, X509Certificate2 recipient, string tenant = "shop", string name = "db", int version = 0, string kind = "Secret")
    {
        using var channel = new GrpcChannel(_store.Grpc, new GrpcChannelOptions
        {
            ServerCertificateValidation = PlaneTls.ForEnrollment(Host.Trust, "secretstore", Time).RemoteCertificateValidationCallback,
            ClientCertificate = () => caller,
        });
        var request = new SealRequest { Tenant = tenant, Namespace = "default", RecipientCertificate = ByteString.CopyFrom(recipient.RawData), AssignmentId = "a1" };
        request.References.Add(new MaterialReference { Kind = kind, Name = name, Version = version });
        return await channel.UnaryAsync(PlaneMethods.Seal, request, null, Cancel);
    }

    private string Opened(SealReply reply)
    {
        SealedMaterial material = reply.Material.Single();
        byte[] content = _nodeKey.Open(material.Box.Span, SealedBox.MaterialPurpose(material.Kind, material.Name, material.Version));
        return MaterialFiles.Parser.ParseFrom(content).Files["password"].ToStringUtf8();
    }

    private async Task<StatusCode> RefusalAsync(Task<SealReply> call) => (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;

    [Fact]
    public async Task Patch_TwoWritersOfOneSecret_OwnTheirKeysAndNoAnswerHasAValue()
    {
        const string path = "/v1/namespaces/default/secrets/db";
        HttpResponseMessage alice = await PatchAsync(path, "alice", """{"password":"hunter2"}""");
        HttpResponseMessage bob = await PatchAsync(path, "bob", """{"token":"hunter3"}""");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (alice.StatusCode, bob.StatusCode));
        Assert.Equal("spec.data.token", bob.Headers.GetValues("Federation-Changed").Single());
        HttpResponseMessage clash = await PatchAsync(path, "bob", """{"token":"hunter3","password":"hunter4"}""");
        Assert.Equal(HttpStatusCode.Conflict, clash.StatusCode);
        string refusal = await clash.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("spec.data.password", refusal, StringComparison.Ordinal);
        Assert.Contains("alice", refusal, StringComparison.Ordinal);

        string shown = (await GetAsync(path + "?showManagedFields=true")).ToJsonString();
        Assert.Contains("\"keys\":[\"password\",\"token\"]", shown, StringComparison.Ordinal);
        Assert.Contains("\"manager\":\"alice\"", shown, StringComparison.Ordinal);
        Assert.Equal("unchanged", (await PatchAsync(path, "alice", """{"password":"hunter2"}""")).Headers.GetValues("Federation-Result").Single());
        // Bytes that are text are the same key however they are written; a key that its owner drops goes.
        HttpResponseMessage binary = await PatchAsync(path, "alice", $$"""{"password":"{{Convert.ToBase64String("hunter2"u8)}}"}""", "binaryData");
        Assert.Equal("unchanged", binary.Headers.GetValues("Federation-Result").Single());
        HttpResponseMessage dropped = await PatchAsync(path, "alice", "{}");
        Assert.Contains("\"keys\":[\"token\"]", await dropped.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        foreach (HttpResponseMessage reply in new[] { alice, bob, clash, binary, dropped })
            Assert.DoesNotContain("hunter", await reply.Content.ReadAsStringAsync(Cancel) + reply.Headers, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", shown, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PatchAsync(string path, string manager, string values, string member = "data") => _store.SendAsync(
        HttpMethod.Patch, $"{path}?fieldManager={manager}", _deployer,
        new StringContent($$"""{"apiVersion":"federation/v1","kind":"Secret","metadata":{"name":"db"},"spec":{"{{member}}": {{values}} } }""", Encoding.UTF8, "application/apply+json"));

    [Fact]
    public async Task Apply_Secret_MakesVersionsAndNeverAnswersWithValues()
    {
        HttpResponseMessage first = await ApplyAsync("Secret", "db", Plaintext);
        Assert.Equal((HttpStatusCode.Created, "created"), (first.StatusCode, first.Headers.GetValues("Federation-Result").Single()));
        HttpResponseMessage again = await ApplyAsync("Secret", "db", Plaintext);
        Assert.Equal("unchanged", again.Headers.GetValues("Federation-Result").Single());
        HttpResponseMessage second = await ApplyAsync("Secret", "db", "other");
        Assert.Equal("configured", second.Headers.GetValues("Federation-Result").Single());
        JsonNode shown = await GetAsync("/v1/namespaces/default/secrets/db");
        Assert.Equal(2, shown["status"]!["version"]!.GetValue<int>());
        Assert.Equal(["password"], shown["status"]!["keys"]!.AsArray().Select(key => key!.GetValue<string>()));
        Assert.Equal(2, shown["metadata"]!["generation"]!.GetValue<int>());
        foreach (string answer in new[]
        {
            await first.Content.ReadAsStringAsync(Cancel), await again.Content.ReadAsStringAsync(Cancel), await second.Content.ReadAsStringAsync(Cancel), shown.ToJsonString(),
            (await GetAsync("/v1/secrets")).ToJsonString(), (await GetAsync("/v1/namespaces/default/secrets")).ToJsonString(),
        })
        {
            Assert.DoesNotContain("hunter2", answer);
            Assert.DoesNotContain("\"other\"", answer);
            Assert.DoesNotContain("#", answer);
        }
    }

    [Fact]
    public async Task Apply_Config_IsReadBack()
    {
        Assert.Equal(HttpStatusCode.Created, (await ApplyAsync("Config", "app", "level=debug", key: "app.ini")).StatusCode);
        Assert.Equal("level=debug", (await GetAsync("/v1/namespaces/default/configs/app"))["spec"]!["data"]!["app.ini"]!.GetValue<string>());
        JsonNode dryRun = JsonNode.Parse(await (await ApplyAsync("Config", "app", "level=info", key: "app.ini", query: "?dryRun=true")).Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("level=info", dryRun["spec"]!["data"]!["app.ini"]!.GetValue<string>());
        JsonNode kept = await GetAsync("/v1/namespaces/default/configs/app");
        Assert.Equal("level=debug", kept["spec"]!["data"]!["app.ini"]!.GetValue<string>());
        // What was printed can be applied again.
        HttpResponseMessage again = await _store.SendAsync(HttpMethod.Put, "/v1/namespaces/default/configs/app", _deployer, new StringContent(kept.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.Equal("unchanged", again.Headers.GetValues("Federation-Result").Single());
    }

    [Fact]
    public async Task Apply_BrokenContent_IsRefusedWithoutQuotingIt()
    {
        string[] specs =
        [
            """{"binaryData":{"a":"hunter2!"}}""", """{"data":{"../x":"hunter2"}}""", """{"data":{"#":"hunter2"}}""", """{"data":{"a":"hunter2"},"binaryData":{"a":"AA=="}}""",
            """{"data":{"a":"hunter2LONG"}}""".Replace("LONG", new string('x', 1024 * 1024)), """{"data":{"a":["hunter2"]}}""",
        ];
        foreach (string spec in specs)
        {
            var body = new StringContent("""{"apiVersion":"federation/v1","kind":"Secret","metadata":{"name":"db"},"spec":SPEC}""".Replace("SPEC", spec), Encoding.UTF8, "application/json");
            HttpResponseMessage reply = await _store.SendAsync(HttpMethod.Put, "/v1/namespaces/default/secrets/db", _deployer, body);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
            Assert.DoesNotContain("hunter2", await reply.Content.ReadAsStringAsync(Cancel));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await _store.SendAsync(HttpMethod.Get, "/v1/namespaces/default/secrets/db", _deployer)).StatusCode);
    }

    [Fact]
    public async Task Calls_ByRoleAndTenant_SeeAndWriteTheirOwnAlone()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        string viewer = await Host.PrincipalAsync("shop", "viewer", "viewer");
        string bank = await Host.PrincipalAsync("bank", "boss", "admin");
        Assert.Equal(HttpStatusCode.Forbidden, (await ApplyAsync("Secret", "db", "x", viewer)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _store.SendAsync(HttpMethod.Get, "/v1/namespaces/default/secrets/db", bank)).StatusCode);
        Assert.Empty((await GetAsync("/v1/secrets", bank))["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await _store.SendAsync(HttpMethod.Get, "/v1/secrets?tenant=shop", bank)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _store.SendAsync(HttpMethod.Post, "/v1/keys/secrets/rotate", bank)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _store.SendAsync(HttpMethod.Get, "/v1/secrets", null)).StatusCode);
        Assert.Single((await GetAsync("/v1/secrets?tenant=shop", await Host.AdminTokenAsync()))["items"]!.AsArray());
    }

    [Fact]
    public async Task Seal_ByPlacement_OpensAtTheAgentAlone()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        await ApplyAsync("Secret", "db", "second");
        SealReply newest = await SealAsync(_placement, _node);
        Assert.Equal("second", Opened(newest));
        Assert.Equal(Plaintext, Opened(await SealAsync(_placement, _node, version: 1)));
        SealedMaterial material = newest.Material.Single();
        using var other = MachineKey.Create();
        Assert.Throws<CryptographicException>(() => other.Open(material.Box.Span, SealedBox.MaterialPurpose("Secret", "db", 2)));
        Assert.Throws<CryptographicException>(() => _nodeKey.Open(material.Box.Span, SealedBox.MaterialPurpose("Secret", "other", 2)));
        string audit = (await GetAsync("/v1/audit/secrets?tenant=shop", await Host.AdminTokenAsync())).ToJsonString();
        Assert.Contains("Secret:shop/default/db@2", audit);
        Assert.Contains("placement for eu-cloud/n1, assignment a1", audit);
    }

    [Fact]
    public async Task Seal_WrongCallersAndRecipients_AreRefused()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        using X509Certificate2 health = await Host.EnrollServiceAsync("health", _placementKey);
        using var foreignAuthority = Federation.Security.Authority.PlaneAuthority.Create(Host.Trust.Plane, Time.GetUtcNow());
        using X509Certificate2 foreign = _nodeKey.Bind(foreignAuthority.Issue(_nodeKey.CreateSigningRequest(), new Security.Principals.Peer.Agent(Node), Time.GetUtcNow()).Der);
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(SealAsync(_node, _node)));
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(SealAsync(health, _node)));
        Assert.Contains(await RefusalAsync(SealAsync(null, _node)), new[] { StatusCode.Unauthenticated, StatusCode.PermissionDenied });
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(SealAsync(_placement, _placement)));
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(SealAsync(_placement, foreign)));
        Assert.Equal(StatusCode.NotFound, await RefusalAsync(SealAsync(_placement, _node, tenant: "bank")));
        Assert.Equal(StatusCode.NotFound, await RefusalAsync(SealAsync(_placement, _node, name: "nothing")));
        Assert.Equal(StatusCode.NotFound, await RefusalAsync(SealAsync(_placement, _node, version: 9)));
        Assert.Equal(StatusCode.NotFound, await RefusalAsync(SealAsync(_placement, _node, kind: "Config")));
        Assert.Equal(StatusCode.InvalidArgument, await RefusalAsync(SealAsync(_placement, _node, kind: "TenantKey")));
        Assert.Equal(StatusCode.InvalidArgument, await RefusalAsync(SealAsync(_placement, _node, name: "../db")));
    }

    [Fact]
    public async Task Delete_Secret_TakesItsVersionsWithIt()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        Assert.Equal(HttpStatusCode.NoContent, (await _store.SendAsync(HttpMethod.Delete, "/v1/namespaces/default/secrets/db", _deployer)).StatusCode);
        Assert.Equal(StatusCode.NotFound, await RefusalAsync(SealAsync(_placement, _node)));
        await ApplyAsync("Secret", "db", "anew");
        Assert.Equal("anew", Opened(await SealAsync(_placement, _node, version: 1)));
    }

    [Fact]
    public async Task Versions_OnlyTheNewestAreKept()
    {
        for (int i = 1; i <= 12; i++) await ApplyAsync("Secret", "db", $"v{i}");
        Assert.Equal("v12", Opened(await SealAsync(_placement, _node)));
        Assert.Equal("v3", Opened(await SealAsync(_placement, _node, version: 3)));
        Assert.Equal(StatusCode.NotFound, await RefusalAsync(SealAsync(_placement, _node, version: 2)));
    }

    [Fact]
    public async Task Rotations_OfBothLevels_LoseNothing()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        await ApplyAsync("Config", "app", "level=debug");
        string kek = await File.ReadAllTextAsync(Path.Combine(Folder, "secretstore-kek"), Cancel);
        string admin = await Host.AdminTokenAsync();
        Assert.Equal(HttpStatusCode.OK, (await _store.SendAsync(HttpMethod.Post, "/v1/keys/secrets/rotate?dataKeys=true", admin)).StatusCode);
        Assert.NotEqual(kek, await File.ReadAllTextAsync(Path.Combine(Folder, "secretstore-kek"), Cancel));
        Assert.Equal("unchanged", (await ApplyAsync("Secret", "db", Plaintext)).Headers.GetValues("Federation-Result").Single());
        await RestartStoreAsync();
        Assert.Equal(Plaintext, Opened(await SealAsync(_placement, _node)));
        Assert.Equal("level=debug", (await GetAsync("/v1/namespaces/default/configs/app"))["spec"]!["data"]!["password"]!.GetValue<string>());
        Assert.Equal("unchanged", (await ApplyAsync("Secret", "db", Plaintext)).Headers.GetValues("Federation-Result").Single());
    }

    [Fact]
    public async Task Start_WithAnOperatorsNewFirstKey_FinishesTheRotation()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        string kek = Path.Combine(Folder, "secretstore-kek");
        string old = await File.ReadAllTextAsync(kek, Cancel);
        string next = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n";
        await _store.DisposeAsync();
        await File.WriteAllTextAsync(kek, next + old, Cancel);
        _store = await SecretStoreHost.StartAsync(Host);
        Assert.Equal(next, await File.ReadAllTextAsync(kek, Cancel));
        Assert.Equal(Plaintext, Opened(await SealAsync(_placement, _node)));
    }

    [Fact]
    public async Task Start_WithAnotherKeyFile_NamesItAndDamagesNothing()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        string kek = Path.Combine(Folder, "secretstore-kek");
        string right = await File.ReadAllTextAsync(kek, Cancel);
        await _store.DisposeAsync();
        await File.WriteAllTextAsync(kek, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Cancel);
        KeyRingException error = await Assert.ThrowsAsync<KeyRingException>(() => SecretStoreApplication.BuildAsync(SecretStoreHost.Arguments(Host, 0, 0)));
        Assert.Contains(kek, error.Message);
        Assert.Contains("Nothing is damaged", error.Message);
        await File.WriteAllTextAsync(kek, right, Cancel);
        _store = await SecretStoreHost.StartAsync(Host);
        Assert.Equal(Plaintext, Opened(await SealAsync(_placement, _node)));
    }

    [Fact]
    public async Task Plaintext_InAnyForm_IsNowhereOnDiskOrInLogs()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        await ApplyAsync("Config", "app", Plaintext);
        await SealAsync(_placement, _node);
        await _store.SendAsync(HttpMethod.Post, "/v1/keys/secrets/rotate?dataKeys=true", await Host.AdminTokenAsync());
        string log = _store.Log.Text;
        await RestartStoreAsync();
        await SealAsync(_placement, _node);
        log += _store.Log.Text;
        Assert.Contains("Holding a certificate", log);
        await _store.DisposeAsync();
        await Host.DisposeAsync();

        byte[] utf8 = Encoding.UTF8.GetBytes(Plaintext);
        var forms = new List<byte[]> { utf8, Encoding.UTF8.GetBytes(Uri.EscapeDataString(Plaintext)), Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)), Encoding.Unicode.GetBytes(Plaintext) };
        // Base64 of a text that stands at any offset within another: the middle of each of the three forms.
        for (int offset = 0; offset < 3; offset++)
        {
            string base64 = Convert.ToBase64String([.. new byte[offset], .. utf8]);
            forms.Add(Encoding.ASCII.GetBytes(base64[4..^4]));
            forms.Add(Encoding.ASCII.GetBytes(base64[4..^4].Replace('+', '-').Replace('/', '_')));
        }
        string[] files = Directory.GetFiles(Folder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("secretstore.db", StringComparison.Ordinal));
        foreach (string file in files)
        {
            byte[] content = await File.ReadAllBytesAsync(file, Cancel);
            Assert.All(forms, form => Assert.Equal(-1, content.AsSpan().IndexOf(form)));
        }
        byte[] logged = Encoding.UTF8.GetBytes(log);
        Assert.All(forms, form => Assert.Equal(-1, logged.AsSpan().IndexOf(form)));
        await RestartAsync();
        _store = await SecretStoreHost.StartAsync(Host);
    }

    [Fact]
    public async Task Feed_TellsVersionsAndFileNamesAlone()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        using var channel = new GrpcChannel(_store.Grpc, new GrpcChannelOptions
        {
            ServerCertificateValidation = PlaneTls.ForEnrollment(Host.Trust, "secretstore", Time).RemoteCertificateValidationCallback,
            ClientCertificate = () => _placement,
        });
        await using var call = await channel.ServerStreamAsync(PlaneMethods.WatchFeed, new FeedRequest { Kinds = { "Secret", "Config", "MaterialVersion", "DataKey" } }, null, Cancel);
        var documents = new List<FeedDocument>();
        while (await call.ReceiveAsync(Cancel) is { Received: true, Message: var message } && message.MessageCase != FeedMessage.MessageOneofCase.Synced)
        {
            if (message.MessageCase == FeedMessage.MessageOneofCase.Document) documents.Add(message.Document);
        }
        FeedDocument only = Assert.Single(documents);
        Assert.Equal(("Secret", "shop/default/db", """{"version":1,"keys":["password"]}"""), (only.Kind, only.Key, only.Json.ToStringUtf8()));
    }

    [Fact]
    public void EveryEndpoint_SaysWhoMayCallIt() =>
        Assert.Empty(AccessReview.Undeclared(((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)_store.Application).DataSources.SelectMany(source => source.Endpoints)));

    [Fact]
    public async Task Tokens_AfterIdentitysKeyRollover_AndWhileItIsAway_AreAccepted()
    {
        string before = await Host.AdminTokenAsync();
        Assert.Equal(HttpStatusCode.OK, (await _store.SendAsync(HttpMethod.Get, "/v1/secrets", before)).StatusCode);
        await Host.SendAsync(HttpMethod.Post, "/v1/keys/signing/rotate", before);
        string after = await Host.AdminTokenAsync();
        // The first token under an unknown key makes SecretStore look for it, at most once a second.
        while ((await _store.SendAsync(HttpMethod.Get, "/v1/secrets", after)).StatusCode != HttpStatusCode.OK) await Task.Delay(100, Cancel);
        Assert.Equal(HttpStatusCode.OK, (await _store.SendAsync(HttpMethod.Get, "/v1/secrets", before)).StatusCode);
        await Host.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await _store.SendAsync(HttpMethod.Get, "/v1/secrets", after)).StatusCode);
        await RestartAsync();
    }

    [Fact]
    public async Task Revoked_Node_GetsNoSecrets()
    {
        await ApplyAsync("Secret", "db", Plaintext);
        await Host.SendAsync(HttpMethod.Post, "/v1/revocations", await Host.AdminTokenAsync(), new Contracts.Api.RevocationRequest("eu-cloud", "n1"));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        while (true)
        {
            try
            {
                await SealAsync(_placement, _node);
            }
            catch (RpcException e)
            {
                Assert.Equal(StatusCode.PermissionDenied, e.StatusCode);
                return;
            }
            await Task.Delay(200, patience.Token);
        }
    }
}
