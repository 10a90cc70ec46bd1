using System.Net;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Observability.Tests.Planes;
using Observability.Tests.Rules;

namespace Observability.Tests.Metrics;

public sealed class DashboardTests
{
    // Longer than the test takes: what happened once in it is in every window.
    private const string Window = "15m";

    [Fact]
    public void Dashboards_Each_HaveAnIdOfTheirOwnAndNoPanelTwice()
    {
        JsonNode[] dashboards = [.. Dashboard.Files.Select(Dashboard.Read)];
        Assert.NotEmpty(dashboards);
        Assert.Equal(dashboards.Length, dashboards.Select(dashboard => dashboard["uid"]!.GetValue<string>()).Distinct().Count());
        Assert.All(dashboards, dashboard =>
        {
            JsonArray panels = dashboard["panels"]!.AsArray();
            Assert.Equal(panels.Count, panels.Select(panel => panel!["id"]!.GetValue<int>()).Distinct().Count());
            Assert.Equal(panels.Count, panels.Select(panel => panel!["title"]!.GetValue<string>()).Distinct().Count());
        });
    }

    [Fact]
    public async Task HealthyPlane_EveryQueryHasData_AndNoAlertFires()
    {
        Tool.Require("prometheus");
        Tool.Require("promtool");
        await using RunningPlane plane = await RunningPlane.StartAsync(new Dictionary<string, string>());
        await using var prometheus = new RunningPrometheus(plane.PortBase);
        await prometheus.ReadyAsync();
        await Eventually.NothingMissingAsync("all services and agents are scraped", async () =>
            await prometheus.QueryAsync("sum(up)") is ["11"] ? null : string.Join('\n', await prometheus.QueryAsync("up")));

        await plane.ApplyAsync(Repository.PathOf("examples", "shop"));
        // Rates are of what happens between two looks: a plane where nothing is decided and nothing is written has none.
        int version = 0;
        await Eventually.NothingMissingAsync("every query has data", async () =>
        {
            Assert.Equal(HttpStatusCode.OK, await plane.RequestAsync("shop.localhost"));
            await plane.Client.ApplyAsync(new Config { Metadata = new ResourceMetadata { Name = "busy" }, Spec = new MaterialSpec { Data = new Dictionary<string, string> { ["version"] = $"{++version}" } } }, ct: TestContext.Current.CancellationToken);
            var missing = new List<string>();
            foreach ((string panel, string expression) in Dashboard.Queries(Window))
            {
                if ((await prometheus.QueryAsync(expression)).Count == 0) missing.Add($"{panel}\n  {expression}");
            }
            return string.Join('\n', missing);
        });

        // Each rule has been evaluated by now, without an error.
        await Eventually.NothingMissingAsync("every rule is evaluated", async () =>
            string.Join('\n', (await prometheus.RulesAsync()).Where(rule => rule.Value != "ok").Select(rule => $"{rule.Key}: {rule.Value}")));
        Assert.Equal(AlertRule.All.Select(rule => rule.Name).Distinct().Order(StringComparer.Ordinal), (await prometheus.RulesAsync()).Keys.Order(StringComparer.Ordinal));
        Assert.Empty(await prometheus.FiringAsync());
        await MetricsAreCleanAsync(plane);

        await plane.Client.DeleteAsync(ResourceKind.Of<Workload>(), "worker", ct: TestContext.Current.CancellationToken);
        await Eventually.NothingMissingAsync("what is deleted is reported no more", async () =>
            (await MetricsAsync(plane, 7130)).Split('\n').FirstOrDefault(line => line.Contains("workload=\"worker\"", StringComparison.Ordinal)));
    }

    private static async Task MetricsAreCleanAsync(RunningPlane plane)
    {
        foreach (int port in (int[])[7110, 7120, 7130, 7140, 7070, 7160, 7150])
        {
            (_, string complaints) = await Tool.RunAsync("promtool", ["check", "metrics"], await MetricsAsync(plane, port));
            // The runtime's own names are the runtime's.
            Assert.All(complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("dotnet_", line, StringComparison.Ordinal));
        }
    }

    private static async Task<string> MetricsAsync(RunningPlane plane, int port)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"http://localhost:{port + plane.PortBase}/metrics", TestContext.Current.CancellationToken);
    }
}
