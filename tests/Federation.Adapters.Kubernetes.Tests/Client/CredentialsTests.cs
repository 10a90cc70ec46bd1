using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.TestKit.Http;
using Federation.TestKit.Time;
using Microsoft.AspNetCore.Http;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Who the client says it is, and whom it believes.</summary>
public sealed class CredentialsTests : IDisposable
{
    private const string Object = """{"kind":"Node","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"1"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("credentials").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_OfTheAuthority_IsBelievedUnderItsNamesAlone()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), authority.Server("cluster.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, ServerTrust.Of(authority.Pem, "test")));
        Assert.Null(await AskAsync(server.Address, ServerTrust.Of(authority.Pem, "test"), tlsServerName: "cluster.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, ServerTrust.Of(authority.Pem, "test"), tlsServerName: "other.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, ServerTrust.Of(other.Pem, "test"), tlsServerName: "cluster.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, ServerTrust.System, tlsServerName: "cluster.internal"));
        Assert.Null(await AskAsync(server.Address, ServerTrust.Anyone));
    }

    [Fact]
    public async Task Server_ByItsAddress_IsBelievedIfTheCertificateBearsIt()
    {
        using var authority = new TestAuthority();
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), authority.Server("127.0.0.1"));
        string file = Path.Combine(_folder, "ca.crt");
        await File.WriteAllTextAsync(file, authority.Pem, Cancelled);
        Assert.Null(await AskAsync(server.Address, ServerTrust.OfFile(file)));
        // An authority that is rotated holds from the next connection on.
        using var next = new TestAuthority();
        ServerTrust trust = ServerTrust.OfFile(file);
        await File.WriteAllTextAsync(file, next.Pem, Cancelled);
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, trust));
    }

    [Fact]
    public async Task ClientCertificate_OfAKubeconfig_IsShownToTheServer()
    {
        using var authority = new TestAuthority();
        string? seen = null;
        await using LoopbackServer server = await LoopbackServer.StartAsync(
            context =>
            {
                seen = context.Connection.ClientCertificate?.Subject;
                return context.Response.WriteAsync(Object);
            },
            authority.Server("127.0.0.1"),
            asksForCertificate: true);
        (string certificate, string key) = authority.Client("federation");
        await File.WriteAllTextAsync(Path.Combine(_folder, "me.crt"), certificate, Cancelled);
        await File.WriteAllTextAsync(Path.Combine(_folder, "me.key"), key, Cancelled);
        string config = Path.Combine(_folder, "config");
        await File.WriteAllTextAsync(config, $$$"""
            clusters: [{name: c, cluster: {server: "{{{server.Address}}}", certificate-authority-data: "{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Pem))}}}"}}]
            users: [{name: u, user: {client-certificate: me.crt, client-key: me.key}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """, Cancelled);
        using var client = new KubernetesClient(ClusterConnection.From(Kubeconfig.Read(config), null, static _ => null, TimeProvider.System), new KubernetesClientOptions(), TimeProvider.System, new SeededChance(1));
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        Assert.Equal("CN=federation", seen);
    }

    [Fact]
    public async Task TokenFile_ThatIsRotated_IsReadAgainAtOnceWhenTheOldOneIsRefused()
    {
        string file = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(file, "old\n", Cancelled);
        var valid = new ConcurrentBag<string> { "Bearer old" };
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => AnswerAsync(context, valid.Contains(context.Request.Headers.Authorization.ToString())));
        var credentials = new FileCredentials(new FileCredentials.Parts { TokenFile = file }, TimeProvider.System);
        using KubernetesClient client = Clients.Of(server.Address, credentials: credentials);
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        valid.Clear();
        valid.Add("Bearer new");
        // Not rotated yet: one answer, no loop.
        Assert.Equal(FailureKind.Unauthenticated, (await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled))).Kind);
        await File.WriteAllTextAsync(file, "new\n", Cancelled);
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        // Gone for a moment, as in a rotation: what was good last stays.
        File.Delete(file);
        credentials.Refused(ClusterCredentials.None);
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
    }

    [Fact]
    public async Task TokenFile_IsReadAgain_AfterAWhile()
    {
        string file = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(file, "one", Cancelled);
        var time = new VirtualTime();
        var credentials = new FileCredentials(new FileCredentials.Parts { TokenFile = file, Token = "fallback" }, time);
        Assert.Equal("one", (await credentials.GetAsync(Cancelled)).Header!.Parameter);
        await File.WriteAllTextAsync(file, "two", Cancelled);
        Assert.Equal("one", (await credentials.GetAsync(Cancelled)).Header!.Parameter);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("two", (await credentials.GetAsync(Cancelled)).Header!.Parameter);
    }

    [Fact]
    public async Task Plugin_WhileItsCredentialIsGood_IsRunOnce()
    {
        var time = new VirtualTime();
        string at = time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        ExecCredentials credentials = Plugin($$$"""
            printf x >> "$COUNT"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"{{{at}}}"}}' "$(wc -c < "$COUNT")"
            """, time);
        ClusterCredentials[] together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => credentials.GetAsync(Cancelled).AsTask()));
        Assert.All(together, static given => Assert.Equal("t1", given.Header!.Parameter));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("t2", (await credentials.GetAsync(Cancelled)).Header!.Parameter);
    }

    [Fact]
    public async Task Plugin_WhoseCredentialIsRefused_IsRunAnewOnce()
    {
        string count = Path.Combine(_folder, "count");
        ExecCredentials credentials = Plugin("""
            printf x >> "$COUNT"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s"}}' "$(wc -c < "$COUNT")"
            """, TimeProvider.System);
        string valid = "Bearer t1";
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => AnswerAsync(context, context.Request.Headers.Authorization == valid));
        using KubernetesClient client = Clients.Of(server.Address, credentials: credentials);
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        valid = "Bearer t2";
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        valid = "Bearer never";
        Assert.Equal(FailureKind.Unauthenticated, (await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled))).Kind);
        Assert.Equal(3, new FileInfo(count).Length);
    }

    [Fact]
    public async Task Plugin_IsToldOfTheCluster_WhereItAsksForIt()
    {
        ExecCredentials credentials = Plugin("""
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$COUNT"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
            """, TimeProvider.System, provideClusterInfo: true);
        await credentials.GetAsync(Cancelled);
        JsonNode info = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "count"), Cancelled))!;
        Assert.Equal("ExecCredential", (string?)info["kind"]);
        Assert.False((bool)info["spec"]!["interactive"]!);
        Assert.Equal("https://cluster.example", (string?)info["spec"]!["cluster"]!["server"]);
        Assert.Equal("eu", (string?)info["spec"]!["cluster"]!["config"]!["region"]);
    }

    [Theory]
    [InlineData("echo hunter2; exit 3", "exit code 3")]
    [InlineData("echo hunter2 >&2; echo 'not json hunter2'", "prints no ExecCredential")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"hunter2"}}'""", "another version")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}'""", "without status")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""", "neither a token nor")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"hunter2"}}'""", "without its key")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"hunter2","clientKeyData":"hunter2"}}'""", "cannot be read")]
    [InlineData("sleep 60", "gives nothing within")]
    public async Task Plugin_ThatGivesNothingGood_IsNamedWithoutWhatItSaid(string script, string says)
    {
        ExecCredentials credentials = Plugin(script, TimeProvider.System, patience: script.StartsWith("sleep", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromSeconds(60));
        KubeconfigException failed = await Assert.ThrowsAsync<KubeconfigException>(() => credentials.GetAsync(Cancelled).AsTask());
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.Contains("user u", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugin_ThatIsNotInstalled_SaysWhatItsMakersSay()
    {
        var plugin = new ExecPlugin { ApiVersion = "client.authentication.k8s.io/v1", Command = "federation-no-such-plugin", InstallHint = "install it from the moon" };
        var credentials = new ExecCredentials(plugin, new KubeconfigCluster { File = "f", Name = "c" }, new KubeconfigUser { File = "f", Name = "u" }, TimeProvider.System);
        Assert.Contains("install it from the moon", (await Assert.ThrowsAsync<KubeconfigException>(() => credentials.GetAsync(Cancelled).AsTask())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_OfTheKubeconfig_IsGoneThroughWithItsPassword()
    {
        using var authority = new TestAuthority();
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), authority.Server("127.0.0.1"));
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task<string> heard = ServeAsync(proxy, server.Address.Port);
        string config = Path.Combine(_folder, "config");
        await File.WriteAllTextAsync(config, $$$"""
            clusters: [{name: c, cluster: {server: "{{{server.Address}}}", insecure-skip-tls-verify: true, proxy-url: "http://name:pass%20word@127.0.0.1:{{{((IPEndPoint)proxy.LocalEndpoint).Port}}}"}}]
            contexts: [{name: x, context: {cluster: c}}]
            current-context: x
            """, Cancelled);
        using var client = new KubernetesClient(ClusterConnection.From(Kubeconfig.Read(config), null, static _ => null, TimeProvider.System), new KubernetesClientOptions(), TimeProvider.System, new SeededChance(1));
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        string request = await heard;
        Assert.StartsWith($"CONNECT 127.0.0.1:{server.Address.Port} ", request, StringComparison.Ordinal);
        Assert.Contains("Basic " + Convert.ToBase64String("name:pass word"u8), request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_OfTheEnvironment_IsGoneThroughWithItsPassword()
    {
        using var authority = new TestAuthority();
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), authority.Server("cluster.example"));
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task<string> heard = ServeAsync(proxy, server.Address.Port);
        string config = Path.Combine(_folder, "config");
        await File.WriteAllTextAsync(config, $$$"""
            clusters: [{name: c, cluster: {server: "https://cluster.example:{{{server.Address.Port}}}", certificate-authority-data: "{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Pem))}}}"}}]
            contexts: [{name: x, context: {cluster: c}}]
            current-context: x
            """, Cancelled);
        string? Variable(string name) => name == "HTTPS_PROXY" ? $"name:pass%20word@127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}" : null;
        using var client = new KubernetesClient(ClusterConnection.From(Kubeconfig.Read(config), null, Variable, TimeProvider.System), new KubernetesClientOptions(), TimeProvider.System, new SeededChance(1));
        await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
        string request = await heard;
        Assert.StartsWith($"CONNECT cluster.example:{server.Address.Port} ", request, StringComparison.Ordinal);
        Assert.Contains("Basic " + Convert.ToBase64String("name:pass word"u8), request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_ThatRefuses_IsNamedWithoutItsPassword()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task refusing = RefuseAsync(proxy);
        string address = $"127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}";
        using var client = new KubernetesClient(
            new ClusterConnection { Server = new Uri("https://cluster.example"), Proxy = EnvironmentProxy.For(new Uri("https://cluster.example"), name => name == "HTTPS_PROXY" ? $"http://name:hunter2@{address}/" : null) },
            new KubernetesClientOptions(), TimeProvider.System, new SeededChance(1));
        KubernetesException failed = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled));
        Assert.Equal(FailureKind.Unreachable, failed.Kind);
        Assert.Contains(address, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failed.ToString(), StringComparison.Ordinal);
        await refusing;
    }

    private static async Task RefuseAsync(TcpListener listener)
    {
        using TcpClient from = await listener.AcceptTcpClientAsync(Cancelled);
        await RequestAsync(from.GetStream());
        await from.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancelled);
    }

    // A proxy for one tunnel: refuses until it is told who asks, as proxies do.
    private static async Task<string> ServeAsync(TcpListener listener, int port)
    {
        while (true)
        {
            TcpClient from = await listener.AcceptTcpClientAsync(Cancelled);
            NetworkStream stream = from.GetStream();
            while (true)
            {
                string request = await RequestAsync(stream);
                if (request.Length == 0) break;
                if (!request.Contains("Proxy-Authorization", StringComparison.OrdinalIgnoreCase))
                {
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Cancelled);
                    continue;
                }
                var to = new TcpClient();
                await to.ConnectAsync(IPAddress.Loopback, port, Cancelled);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), Cancelled);
                _ = Task.WhenAll(stream.CopyToAsync(to.GetStream(), Cancelled), to.GetStream().CopyToAsync(stream, Cancelled)).ContinueWith(_ => (from, to), TaskScheduler.Default);
                return request;
            }
        }
    }

    private static async Task<string> RequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, Cancelled) > 0) text.Append((char)one[0]);
        return text.ToString();
    }

    private ExecCredentials Plugin(string script, TimeProvider time, bool provideClusterInfo = false, TimeSpan? patience = null)
    {
        var plugin = new ExecPlugin
        {
            ApiVersion = "client.authentication.k8s.io/v1",
            Command = "sh",
            Arguments = ["-c", script],
            Variables = [new("COUNT", Path.Combine(_folder, "count"))],
            ProvideClusterInfo = provideClusterInfo,
            InteractiveMode = "Never",
        };
        var cluster = new KubeconfigCluster { File = "f", Name = "c", Server = "https://cluster.example", PluginConfiguration = """{"region":"eu"}""" };
        return new ExecCredentials(plugin, cluster, new KubeconfigUser { File = "f", Name = "u" }, time) { Patience = patience ?? TimeSpan.FromSeconds(60) };
    }

    private static async Task AnswerAsync(HttpContext context, bool known)
    {
        if (!known) context.Response.StatusCode = 401;
        await context.Response.WriteAsync(known ? Object : """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""");
    }

    private static async Task<FailureKind?> AskAsync(Uri server, ServerTrust trust, string? tlsServerName = null)
    {
        using KubernetesClient client = Clients.Of(server, trust: trust, tlsServerName: tlsServerName);
        try
        {
            await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
            return null;
        }
        catch (KubernetesException e)
        {
            return e.Kind;
        }
    }
}
