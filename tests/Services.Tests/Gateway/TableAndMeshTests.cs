using System.Net;
using System.Text;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Gateway.Api;
using Federation.Tunnel.Streams;

namespace Federation.Services.Tests.Gateway;

public class TableAndMeshTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_HealthDoesNotAnswer_TheLastTableIsServed()
    {
        string folder = Directory.CreateTempSubdirectory("federation-table-").FullName;
        try
        {
            await using RigReplica one = await RigReplica.StartAsync("one");
            await using (GatewayRig first = await GatewayRig.StartAsync(folder))
            {
                await first.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
                await GatewayRig.WaitForAsync(() => File.Exists(Path.Combine(folder, "last-table")));
            }
            await using (GatewayRig second = await GatewayRig.StartAsync(folder, healthAnswers: false))
            {
                await using RigAgent a = await RigAgent.ConnectAsync(second, "a/n1", ("r1", one.Port));
                using HttpResponseMessage response = await second.SendAsync(HttpMethod.Get, "shop.localhost", "/");
                Assert.Equal("one", await response.Content.ReadAsStringAsync(Ct));
            }
            await File.WriteAllTextAsync(Path.Combine(folder, "last-table"), "damaged", Ct);
            await using GatewayRig third = await GatewayRig.StartAsync(folder, healthAnswers: false);
            Assert.Equal(0, third.Table.Current.Hosts);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Verdict_Suspect_TrafficGoesElsewhereAtOnceAndComesBack()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigReplica two = await RigReplica.StartAsync("two");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await using RigAgent b = await RigAgent.ConnectAsync(gateway, "b/n1", ("r2", two.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"), ("r2", "b/n1"));
        await gateway.PutAsync(Judged("a/n1", VerdictState.Suspect));
        await GatewayRig.WaitForAsync(() => gateway.Table.Reach(NodeKey.Parse("a/n1")).Doubtful);
        Assert.Equal(["two"], (await AnswersAsync(gateway, 6)).Distinct());
        await gateway.PutAsync(Judged("a/n1", VerdictState.Ready));
        await GatewayRig.WaitForAsync(() => !gateway.Table.Reach(NodeKey.Parse("a/n1")).Doubtful);
        Assert.Equal(2, (await AnswersAsync(gateway, 6)).Distinct().Count());
    }

    [Fact]
    public async Task Mesh_NameOfAWorkload_IsAnsweredInTheCallersClusterFirst()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigReplica two = await RigReplica.StartAsync("two");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await using RigAgent b = await RigAgent.ConnectAsync(gateway, "b/n1", ("r2", two.Port));
        await gateway.ServeAsync("shop.localhost", "api", ("r1", "a/n1"), ("r2", "b/n1"));
        foreach (string host in new[] { "api", "api.default", "api.default.internal", "API:80" })
        {
            for (int i = 0; i < 3; i++) Assert.EndsWith("two", await CallAsync(b, host), StringComparison.Ordinal);
        }
        Assert.StartsWith("HTTP/1.1 404", await CallAsync(b, "none"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await CallAsync(b, "api.other"), StringComparison.Ordinal);
        b.Kill();
        await GatewayRig.WaitForAsync(() => !gateway.Table.Reach(NodeKey.Parse("b/n1")).Connected);
        Assert.EndsWith("one", await CallAsync(a, "api"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/workloads", "placement")]
    [InlineData("/v1/namespaces", "identity")]
    [InlineData("/v1/namespaces/default", "identity")]
    [InlineData("/v1/namespaces/default/workloads/web", "placement")]
    [InlineData("/v1/namespaces/default/workloads/web/replicas", "health")]
    [InlineData("/v1/namespaces/default/secrets/s", "secretstore")]
    [InlineData("/v1/configs", "secretstore")]
    [InlineData("/v1/jointokens", "identity")]
    [InlineData("/v1/clusters/c/drain", "placement")]
    [InlineData("/oauth2/token", "identity")]
    [InlineData("/.well-known/jwks.json", "identity")]
    [InlineData("/openapi/v1.json", "placement")]
    public void OwnerOf_Path_IsTheServiceThatOwnsIt(string path, string owner) => Assert.Equal(owner, OwnerRules.OwnerOf(path));

    private static Verdict Judged(string node, VerdictState state)
    {
        NodeKey key = NodeKey.Parse(node);
        return new Verdict { Cluster = key.Cluster, Node = key.Node, State = state, Revision = 1, Reason = "test" };
    }

    private static async Task<List<string>> AnswersAsync(GatewayRig gateway, int count)
    {
        var answers = new List<string>();
        for (int i = 0; i < count; i++)
        {
            using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync(Ct));
        }
        return answers;
    }

    private static async Task<string> CallAsync(RigAgent agent, string host)
    {
        await using TunnelStream stream = await agent.OpenMeshAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), Ct);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Ct);
        string text = Encoding.UTF8.GetString(answer.ToArray()).TrimEnd();
        // A chunked body ends with an empty chunk.
        return text.EndsWith("\r\n0", StringComparison.Ordinal) ? text[..^3] : text;
    }
}
