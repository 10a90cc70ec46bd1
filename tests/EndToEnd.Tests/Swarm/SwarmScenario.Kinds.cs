using System.Diagnostics;
using System.Net;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.TestKit.Engine;
using Federation.TestKit.Http;
using Federation.TestKit.Kubernetes.Double;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests.Swarm;

/// <summary>One workload on clusters of every kind at once: the swarm, the double of a Kubernetes cluster, and a native node with a real engine.</summary>
public sealed partial class SwarmScenario
{
    [Fact]
    public async Task Step2d_Apply_ADeploymentAndItsLoadBalancerOfKubernetes_RunOnEveryKindOfClusterAtOnce_AndAllAnswerAtOneAddress()
    {
        await using LoopbackServer pods = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("west\n"));
        await using KubernetesDouble west = await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2");
        west.PodAddress = "127.0.0.1";
        west.Listening = static port => new IPEndPoint(IPAddress.Loopback, port);
        string kubeconfig = Path.Combine(Plane.Shared, "west.kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $$"""
            clusters: [{ name: double, cluster: { server: "{{west.Address}}" } }]
            contexts: [{ name: double, context: { cluster: double } }]
            current-context: double
            """, Cancelled);
        await using DockerEngine engine = await DockerEngine.StartAsync();
        using Process ofWest = await StartAgentAsync("west", "kubernetes", new() { ["Agent__Drives"] = "kubernetes", ["Agent__Kubernetes__Kubeconfig"] = kubeconfig });
        try
        {
            using Process ofLone = await StartAgentAsync("lone", "node", new() { ["Agent__Engine__Address"] = "unix://" + engine.SocketPath });
            try
            {
                string file = Path.Combine(Plane.Shared, "everywhere.yaml");
                await File.WriteAllTextAsync(file, $$"""
                    apiVersion: federation/v1
                    kind: PlacementPolicy
                    metadata: { name: everywhere }
                    spec:
                      affinity: [{ key: federation/cluster, values: [north, west, lone] }]
                      spread: [{ label: federation/cluster, min: 3 }]
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: { name: everywhere, annotations: { federation/placement-policy: everywhere } }
                    spec:
                      replicas: 3
                      selector: { matchLabels: { app: everywhere } }
                      template:
                        metadata: { labels: { app: everywhere } }
                        spec:
                          terminationGracePeriodSeconds: 1
                          containers:
                            - name: web
                              image: {{DockerEngine.Image}}
                              command: [/bin/sh, -c, "echo $FEDERATION_CLUSTER > /www/index.html; exec httpd -f -p {{pods.Address.Port}} -h /www"]
                              ports: [{ name: http, containerPort: {{pods.Address.Port}} }]
                              resources: { requests: { cpu: 50m, memory: 16Mi }, limits: { memory: 64Mi } }
                              readinessProbe: { httpGet: { path: /, port: http }, periodSeconds: 1 }
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: { name: everywhere }
                    spec:
                      type: LoadBalancer
                      selector: { app: everywhere }
                      ports: [{ name: http, port: 80, targetPort: http }]
                    """, Cancelled);
                (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "170s")).Done();
                IReadOnlyList<ReplicaView> replicas = await Plane.ReplicasAsync("everywhere");
                Assert.Equal(["lone", "north", "west"], replicas.Select(static replica => replica.Cluster).Order(StringComparer.Ordinal));
                var pages = new SortedSet<string>(StringComparer.Ordinal);
                await Eventually.TrueAsync("every kind of replica answers", async () => pages.Add(await AskAsync("everywhere.default.localhost")) is var _ && pages.SetEquals(["lone\n", "north\n", "west\n"]), () => Task.FromResult(string.Join(", ", pages)));
                (await Plane.FedctlAsync("delete", "-f", file)).Done();
                Assert.Empty(west.List("apps", "deployments"));
            }
            finally
            {
                Signals.TryKill(ofLone.Id);
            }
        }
        finally
        {
            Signals.TryKill(ofWest.Id);
        }
        foreach (string cluster in (string[])["west", "lone"]) (await Plane.FedctlAsync("delete", "cluster", cluster)).Done();
    }

    private async Task<Process> StartAgentAsync(string cluster, string kind, Dictionary<string, string> settings)
    {
        string state = Directory.CreateDirectory(Path.Combine(Plane.Shared, cluster)).FullName, declared = Path.Combine(state, "cluster.yaml"), token = Path.Combine(state, "join.token");
        await File.WriteAllTextAsync(declared, $"apiVersion: federation/v1\nkind: Cluster\nmetadata: {{ name: {cluster} }}\nspec: {{ kind: {kind} }}\n", Cancelled);
        (await Plane.FedctlAsync("apply", "-f", declared)).Done();
        await File.WriteAllTextAsync(token, (await Plane.FedctlAsync("node", "join-token", "--cluster", cluster, "--node", "agent")).Done().Out, Cancelled);
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo(Repository.Agent) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string key, string value) in settings) start.Environment[key] = value;
        (start.Environment["Agent__Cluster"], start.Environment["Agent__Node"]) = (cluster, "agent");
        (start.Environment["Agent__StateDirectory"], start.Environment["Agent__JoinTokenFile"]) = (Path.Combine(state, "agent"), token);
        foreach ((string service, int port) in ((string, int)[])[("identity", 7111), ("placement", 7131), ("health", 7141), ("gateway", 7071)])
            start.Environment[$"services__{service}__grpc__0"] = $"https://localhost:{port + Plane.PortBase}";
        var agent = new Process { StartInfo = start };
        agent.OutputDataReceived += static (_, _) => { };
        agent.ErrorDataReceived += static (_, _) => { };
        agent.Start();
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        CommandResult ready = await Plane.FedctlAsync("wait", "cluster", cluster, "--for=ready", "--timeout", "90s");
        if (ready.ExitCode != 0) Signals.TryKill(agent.Id);
        ready.Done();
        return agent;
    }
}
