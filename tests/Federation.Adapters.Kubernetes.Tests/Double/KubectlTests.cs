using System.Diagnostics;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Double;

/// <summary>The double, driven by Debian's kubectl.</summary>
public sealed class KubectlTests : IDisposable
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: main, image: "demo/web:1", ports: [{ containerPort: 8080 }] }] }
        """;

    private readonly string _home = Directory.CreateTempSubdirectory("kubectl").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Kubectl_AppliesGetsScalesReadsAndDeletes()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2");
        cluster.Plays = static (_, _) => new ContainerPlay { Output = ["listening on 8080", "ready"] };
        Assert.Equal("deployment.apps/web serverside-applied\n", await KubectlAsync(cluster, Web, "apply", "--server-side", "--validate=false", "-f", "-"));
        Assert.Equal("deployment \"web\" successfully rolled out", (await KubectlAsync(cluster, null, "rollout", "status", "deployment/web", "--timeout=20s")).Trim().Split('\n')[^1]);
        Assert.Equal("listening on 8080\nready\n", await KubectlAsync(cluster, null, "logs", "deployment/web"));
        Assert.Equal("deployment.apps/web scaled\n", await KubectlAsync(cluster, null, "scale", "deployment/web", "--replicas=3"));
        Assert.Equal("3", await KubectlAsync(cluster, null, "get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"));
        Assert.Equal("deployment.apps \"web\" deleted\n", await KubectlAsync(cluster, null, "delete", "deployment", "web", "--timeout=20s"));
        Assert.Empty(cluster.List("apps", "deployments"));
    }

    private async Task<string> KubectlAsync(KubernetesDouble cluster, string? input, params string[] arguments)
    {
        using Process kubectl = Process.Start(new ProcessStartInfo("kubectl", ["--server", cluster.Address.ToString(), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = _home, ["KUBECONFIG"] = "/dev/null" },
        })!;
        await kubectl.StandardInput.WriteAsync(input);
        kubectl.StandardInput.Close();
        Task<string> errors = kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(kubectl.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {await errors}");
        return output;
    }
}
