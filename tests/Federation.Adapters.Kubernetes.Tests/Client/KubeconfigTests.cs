using System.Diagnostics;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Connecting;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Kubeconfig files: kubectl itself says what they mean.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubeconfig").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string One = """
        apiVersion: v1
        kind: Config
        current-context: ""
        clusters:
        - name: shared
          cluster: { server: "https://one.example:6443", certificate-authority: one/ca.crt }
        - name: only-one
          cluster:
            server: https://only-one.example/prefix
            insecure-skip-tls-verify: true
        contexts:
        - name: work
          context: { cluster: shared, user: red, namespace: shop }
        users:
        - name: red
          user: { token: "red-of-one" }
        """;

    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: rest
        clusters:
        - name: shared
          cluster: { server: "https://two.example:6443", tls-server-name: two.internal }
        contexts:
        - name: rest
          context: { cluster: only-one, user: blue }
        - name: work
          context: { cluster: only-one, user: blue }
        users:
        - name: red
          user: { token: "red-of-two", username: mixed }
        - name: blue
          user: { client-certificate: blue.crt, client-key: keys/blue.key }
        preferences: { colors: true }
        """;

    [Fact]
    public async Task ReadAll_OfSeveralFiles_MergesThemAsKubectlDoes()
    {
        string one = Write("a/one.yaml", One), two = Write("b/two.yaml", Two);
        string variable = string.Join(':', one, Path.Combine(_folder, "missing"), "", two, one);
        Kubeconfig ours = Kubeconfig.ReadAll(variable, _folder);
        JsonObject theirs = await KubectlAsync(variable, "config", "view", "--raw", "--output=json");
        Assert.Equal((string?)theirs["current-context"], ours.CurrentContext);
        Assert.Equal(theirs["clusters"]!.AsArray().Select(static cluster => (string)cluster!["name"]!).Order(), ours.Clusters.Keys.Order());
        foreach (JsonNode? cluster in theirs["clusters"]!.AsArray())
        {
            KubeconfigCluster read = ours.Clusters[(string)cluster!["name"]!];
            Assert.Equal((string?)cluster["cluster"]!["server"], read.Server);
            // What kubectl 1.20 knows: whole entries win, so that no name of the second file is beside the first one's server.
            Assert.Equal((string?)cluster["cluster"]!["tls-server-name"], read.TlsServerName);
            Assert.Equal((string?)cluster["cluster"]!["certificate-authority"] is { } authority ? Path.GetFullPath(authority, Path.GetDirectoryName(read.File)!) : null, read.AuthorityFile);
            Assert.Equal((bool?)cluster["cluster"]!["insecure-skip-tls-verify"] ?? false, read.Insecure);
        }
        foreach (JsonNode? context in theirs["contexts"]!.AsArray())
        {
            KubeconfigContext read = ours.Contexts[(string)context!["name"]!];
            Assert.Equal(((string?)context["context"]!["cluster"], (string?)context["context"]!["user"], (string?)context["context"]!["namespace"]), (read.Cluster, read.User, read.Namespace));
        }
        foreach (JsonNode? user in theirs["users"]!.AsArray())
        {
            KubeconfigUser read = ours.Users[(string)user!["name"]!];
            Assert.Equal((string?)user["user"]!["token"], read.Token);
            Assert.Equal((string?)user["user"]!["username"], read.UserName);
            Assert.Equal((string?)user["user"]!["client-key"] is { } key ? Path.GetFullPath(key, Path.GetDirectoryName(read.File)!) : null, read.KeyFile);
        }
    }

    [Fact]
    public void ReadAll_WithoutTheVariable_ReadsThePersonsOwnFile()
    {
        Write(".kube/config", Two);
        Assert.Equal("rest", Kubeconfig.ReadAll(null, _folder).CurrentContext);
        Assert.Contains(".kube/config is not there", Assert.Throws<KubeconfigException>(() => Kubeconfig.ReadAll("", _folder + "/nobody")).Message, StringComparison.Ordinal);
        Assert.Contains("none of", Assert.Throws<KubeconfigException>(() => Kubeconfig.ReadAll("/none/a:/none/b", _folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusters: [{name: a, cluster: {server: [1]}}]", ":1: clusters[0].cluster.server: text belongs here")]
    [InlineData("kind: Config\nusers:\n- user: {token: x}", ":3: users[0]: an entry needs a name")]
    [InlineData("kind: Secret", "kind Config")]
    [InlineData("users:\n- name: a\n  user: {client-key-data: '%%%'}", ":3: users[0].user.client-key-data: base64 belongs here")]
    [InlineData("users:\n- {name: a, user: {}}\n- {name: a, user: {}}", ":3: users[1]: the name a is there twice")]
    [InlineData("users: {a: b}", "a list belongs here")]
    [InlineData("a: [", "this is no YAML")]
    [InlineData("a: 1\n---\nb: 2", "several documents")]
    [InlineData("users: [{name: a, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}}]", "v1alpha1 is not known")]
    [InlineData("users: [{name: a, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}}]", "interactiveMode is needed")]
    [InlineData("users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1}}}]", "command is needed")]
    public void Read_OfWhatIsWrong_NamesFileLineAndRule(string text, string says)
    {
        string file = Write("wrong.yaml", text);
        KubeconfigException wrong = Assert.Throws<KubeconfigException>(() => Kubeconfig.Read(file));
        Assert.StartsWith(file, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(says, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "no context nowhere: there are both, broken, half, none, plain, proxy, rest, terminal, work")]
    [InlineData("none", "is of cluster \"absent\", which is not there")]
    [InlineData("both", "exclude each other")]
    [InlineData("half", "belong together")]
    [InlineData("broken", "server is https://HOST:PORT")]
    [InlineData("terminal", "always asks at a terminal")]
    [InlineData("proxy", "proxy-url is http://HOST:PORT")]
    public void From_AContextThatCannotBeUsed_SaysWhy(string context, string says)
    {
        Kubeconfig config = Kubeconfig.Merge([Kubeconfig.Read(Write("one.yaml", One)), Kubeconfig.Read(Write("two.yaml", Two)), Kubeconfig.Read(Write("three.yaml", """
            clusters:
            - { name: both, cluster: { server: "https://a", insecure-skip-tls-verify: true, certificate-authority-data: "YQ==" } }
            - { name: broken, cluster: { server: "ftp://a" } }
            - { name: proxied, cluster: { server: "https://a", proxy-url: "ftp://name:hunter2@a" } }
            - { name: plain, cluster: { server: "http://a:8080" } }
            users:
            - { name: half, user: { client-certificate-data: "YQ==" } }
            - { name: terminal, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Always } } }
            contexts:
            - { name: none, context: { cluster: absent } }
            - { name: both, context: { cluster: both } }
            - { name: broken, context: { cluster: broken } }
            - { name: half, context: { cluster: plain, user: half } }
            - { name: terminal, context: { cluster: plain, user: terminal } }
            - { name: proxy, context: { cluster: proxied } }
            - { name: plain, context: { cluster: plain } }
            """))]);
        KubeconfigException wrong = Assert.Throws<KubeconfigException>(() => ClusterConnection.From(config, context, static _ => null, TimeProvider.System));
        Assert.Contains(says, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong.ToString(), StringComparison.Ordinal);
        ClusterConnection plain = ClusterConnection.From(config, "plain", static _ => null, TimeProvider.System);
        Assert.Equal("default", plain.Namespace);
        Assert.Contains("in the clear", Assert.Single(plain.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void From_AnInsecureCluster_WarnsOfIt()
    {
        Kubeconfig config = Kubeconfig.Read(Write("one.yaml", One + "\n")) with { Contexts = new Dictionary<string, KubeconfigContext> { ["x"] = new() { File = "f", Name = "x", Cluster = "only-one" } }, CurrentContext = "x" };
        ClusterConnection connection = ClusterConnection.From(config, null, static _ => null, TimeProvider.System);
        Assert.Equal(new Uri("https://only-one.example/prefix/"), connection.Server);
        Assert.Contains("is not verified", Assert.Single(connection.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_OfWhatHoldsCredentials_ShowsNone()
    {
        Kubeconfig config = Kubeconfig.Read(Write("one.yaml", One));
        Assert.DoesNotContain("red-of-one", $"{config} {config.Users["red"]}", StringComparison.Ordinal);
        Assert.Equal("a token", ClusterCredentials.Of("red-of-one", null, null, null).ToString());
    }

    [Fact]
    public void InCluster_OutsideOfAPod_SaysSo()
    {
        Assert.Contains("KUBERNETES_SERVICE_HOST", Assert.Throws<KubeconfigException>(() => ClusterConnection.InCluster(static _ => null, TimeProvider.System, _folder)).Message, StringComparison.Ordinal);
        using var authority = new TestAuthority();
        Write("ca.crt", authority.Pem);
        Assert.Contains("automountServiceAccountToken", Assert.Throws<KubeconfigException>(() => InCluster()).Message, StringComparison.Ordinal);
        Write("token", "t");
        Write("namespace", "federation\n");
        ClusterConnection connection = InCluster();
        Assert.Equal(new Uri("https://[fd00::1]:443/"), connection.Server);
        Assert.Equal("federation", connection.Namespace);
        Assert.Null(connection.Proxy);
        // As for all that is made with client-go: the pod's environment counts here too.
        Assert.NotNull(InCluster(("HTTPS_PROXY", "proxy.example:3128")).Proxy);
        Assert.Null(InCluster(("HTTPS_PROXY", "proxy.example:3128"), ("NO_PROXY", "10.0.0.0/8,fd00::/16")).Proxy);

        ClusterConnection InCluster(params (string Name, string Value)[] more) => ClusterConnection.InCluster(
            name => name switch
            {
                "KUBERNETES_SERVICE_HOST" => "fd00::1",
                "KUBERNETES_SERVICE_PORT" => "443",
                _ => more.FirstOrDefault(variable => variable.Name == name).Value,
            },
            TimeProvider.System,
            _folder);
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    private async Task<JsonObject> KubectlAsync(string variable, params string[] arguments)
    {
        using Process kubectl = Process.Start(new ProcessStartInfo("kubectl", arguments)
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
            Environment = { ["KUBECONFIG"] = variable, ["HOME"] = _folder },
        })!;
        string output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kubectl.ExitCode);
        return (JsonObject)JsonNode.Parse(output)!;
    }
}
