using System.Text.Json.Nodes;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Scenario;

/// <summary>
/// One plane's life on real processes, step by step in the order of the names: what a person sees, what breaks, what returns.
/// The steps share one AppHost; each brings about what it needs of the shop by itself.
/// </summary>
[TestCaseOrderer(typeof(StepOrder))]
public sealed partial class ShopScenario : IClassFixture<RunningPlane>, IDisposable
{
    private const string Host = "shop.localhost";
    private static readonly string[] ShopWorkloads = ["api", "web", "worker"];
    private readonly RunningPlane _plane;
    private readonly ITestOutputHelper _figures;
    private readonly HttpClient _http;

    public ShopScenario(RunningPlane plane, ITestOutputHelper figures)
    {
        _plane = plane;
        _figures = figures;
        _http = new HttpClient { BaseAddress = plane.Ingress };
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Executions => Path.Combine(_plane.Shared, "executions");

    public void Dispose() => _http.Dispose();

    /// <summary>The shop as the examples have it, but for an api of a version that notes each execution in a file that outlives its replica.</summary>
    private string ShopOf(string version)
    {
        Directory.CreateDirectory(Executions);
        File.SetUnixFileMode(Executions, (UnixFileMode)0b111_111_111);
        string folder = Directory.CreateDirectory(Path.Combine(_plane.Shared, $"shop-{version}")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Examples, "shop")))
        {
            string text = File.ReadAllText(file);
            if (Path.GetFileName(file) == "api.yaml")
            {
                string counting = text.Replace("      VERSION: \"1\"\n", $"      VERSION: \"{version}\"\n      EXECUTIONS_DIRECTORY: {Executions}\n", StringComparison.Ordinal);
                Assert.NotEqual(text, counting);
                text = counting;
            }
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(file)), text);
        }
        return folder;
    }

    /// <summary>Brings the shop to a version, whatever it was before, and waits until it is settled.</summary>
    private async Task EnsureShopAsync(string version)
    {
        (await _plane.FedctlAsync("apply", "-f", ShopOf(version))).Done();
        foreach (string workload in ShopWorkloads)
        {
            Workload ready = await _plane.ReadyAsync(workload);
            // Ready says that what is wanted is there; what it has replaced may still drain.
            await Eventually.TrueAsync($"nothing but the wanted replicas of {workload} is left", async () =>
                (await _plane.ReplicasAsync(workload)).Count(replica => replica.State != "Unreachable") == ready.Spec.Replicas,
                async () => (await _plane.FedctlAsync("get", "replicas")).All);
        }
    }

    /// <summary>How long work stays in a cluster after its loss is certain.</summary>
    private async Task TolerateAsync(int seconds)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Examples, "shop", "placement.yaml"));
        string file = Path.Combine(_plane.Shared, "placement.yaml");
        File.WriteAllText(file, System.Text.RegularExpressions.Regex.Replace(text, @"tolerationSeconds: \d+", $"tolerationSeconds: {seconds}"));
        (await _plane.FedctlAsync("apply", "-f", file)).Done();
    }

    private ConstantLoad StartLoad() => ConstantLoad.Start(_plane.Ingress, Host);

    private async Task<JsonNode> AskShopAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = Host;
        using HttpResponseMessage answer = await _http.SendAsync(request, Cancelled);
        string text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<SortedDictionary<string, ProcessMark>> ShopProcessesAsync()
    {
        IReadOnlyList<ReplicaView> replicas = await _plane.ReplicasAsync(ShopWorkloads);
        SortedDictionary<string, ProcessMark> processes = MachineProcesses.OfReplicas(replicas.Select(replica => replica.Id));
        Assert.Equal(replicas.Select(replica => replica.Id).Order(StringComparer.Ordinal), processes.Keys);
        return processes;
    }

    /// <summary>The shop runs in the very processes in which it ran before.</summary>
    private async Task AssertNoneRestartedAsync(SortedDictionary<string, ProcessMark> before) =>
        await ReplicaAssert.NoneBegunAnewAsync(_plane, before, await ShopProcessesAsync());

    /// <summary>Each order was executed at most once, and exactly once where the caller was told so.</summary>
    private void AssertExecutions(IReadOnlyList<LoadRequest> requests)
    {
        Dictionary<string, int> executions = Directory.GetFiles(Executions).SelectMany(File.ReadAllLines).CountBy(id => id).ToDictionary();
        LoadRequest[] orders = [.. requests.Where(request => !request.Idempotent)];
        Assert.NotEmpty(orders);
        LoadRequest[] often = [.. orders.Where(order => executions.GetValueOrDefault(order.Order!) > 1)];
        Assert.True(often.Length == 0, $"executed more than once:\n{string.Join('\n', often.AsEnumerable())}");
        LoadRequest[] never = [.. orders.Where(order => order.Failure is null && executions.GetValueOrDefault(order.Order!) != 1)];
        Assert.True(never.Length == 0, $"confirmed, but not executed:\n{string.Join('\n', never.AsEnumerable())}");
    }

    private void Figure(FormattableString text)
    {
        string line = FormattableString.Invariant(text);
        _figures.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}
