using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;

namespace Federation.Client.Tests.Cli;

public sealed class GetTests : IAsyncLifetime
{
    private const string Workloads = "/v1/namespaces/default/workloads";
    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-get-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync()
    {
        _plane = await StandInPlane.StartAsync(_folder);
        Keep("api", 3, "Ready");
        Keep("web", 1, "Progressing");
    }

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Get_JsonPathOverAList_RendersTheTemplate()
    {
        FedctlCall call = await RunAsync("get", "workloads", "-o", "jsonpath={range .items[?(@.status.phase==\"Ready\")]}{.metadata.name}={.spec.replicas}{end}");
        Assert.Equal((0, "api=3\n"), (call.ExitCode, call.Out));
    }

    [Fact]
    public async Task Get_JsonPathOfOneName_IsOfTheResource() =>
        Assert.Equal("3\n", (await RunAsync("get", "workload", "api", "-o", "jsonpath={.spec.replicas}")).Out);

    [Fact]
    public async Task Get_CustomColumns_AreTheCallersOwn()
    {
        FedctlCall call = await RunAsync("get", "workloads", "-o", "custom-columns=NAME:.metadata.name,N:{.spec.replicas},X:.spec.absent");
        Assert.Equal(["NAME  N  X", "api   3  <none>", "web   1  <none>"], call.Lines);
    }

    [Fact]
    public async Task Get_FieldSelector_KeepsWhatFits()
    {
        FedctlCall call = await RunAsync("get", "workloads", "-o", "name", "--field-selector", "status.phase!=Ready");
        Assert.Equal(["workload/web"], call.Lines);
    }

    [Fact]
    public async Task Get_FieldSelectorOfAnUnknownField_IsRefusedWithTheNearest()
    {
        FedctlCall call = await RunAsync("get", "workloads", "--field-selector", "status.phse=Ready");
        Assert.Equal(2, call.ExitCode);
        Assert.Contains("did you mean status.phase?", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Labels_ArePassedOn()
    {
        await RunAsync("get", "workloads", "-l", "app=shop,tier!=back");
        Assert.Contains(_plane.Requests, request => request.Contains("labelSelector=app=shop,tier!=back", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("jsonpath={.x")]
    [InlineData("custom-columns=NAME")]
    [InlineData("xml")]
    public async Task Get_OutputNotUnderstood_EndsWith2(string output)
    {
        FedctlCall call = await RunAsync("get", "workloads", "-o", output);
        Assert.Equal(2, call.ExitCode);
        Assert.Contains($"-o {output.Split('=')[0]}", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get", "worklods", "did you mean workloads?")]
    [InlineData("get", "workload/wbe", "did you mean web?")]
    [InlineData("gte", "workloads", "did you mean get?")]
    [InlineData("get", "--all-namespace", "did you mean --all-namespaces?")]
    public async Task Get_Misspelt_IsRefusedWithTheNearest(string first, string second, string expected) =>
        Assert.Contains(expected, (await RunAsync(first, second)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Watch_TellsWhatIsThereThenEveryChange()
    {
        Tell("MODIFIED", "2", "web", 2, "Ready");
        Tell("ADDED", "3", "worker", 1, "Pending");
        Tell("DELETED", "4", "api", 3, "Ready");
        FedctlCall call = await WatchAsync(["get", "workloads", "-w"], "workload/api deleted");
        Assert.Equal(0, call.ExitCode);
        Assert.StartsWith("NAME", call.Lines[0], StringComparison.Ordinal);
        Assert.Single(call.Lines, static line => line.StartsWith("NAME", StringComparison.Ordinal));
        Assert.Equal(["api", "web", "web", "worker"], call.Lines[1..5].Select(static line => line.Split(' ')[0]));
        Assert.Contains("Ready", call.Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_CursorRefused_ListsAgainAndTellsOnlyWhatChangedMeanwhile()
    {
        // Before the second list web changes and api goes; the first stream says only that its history is lost.
        Queue().Enqueue(new WatchEvent("EXPIRED", "", null));
        FedctlCall call = await WatchAsync(["get", "workloads", "-w", "-o", "name"], text =>
        {
            if (!text.Contains("workload/web\n", StringComparison.Ordinal)) return false;
            if (_plane.Resources.TryRemove(Workloads + "/api", out _)) Keep("web", 5, "Ready");
            return text.Contains("workload/api deleted", StringComparison.Ordinal);
        });
        Assert.Equal(["workload/api", "workload/web", "workload/api deleted"], call.Lines[..3]);
        Assert.True(_plane.Requests.Count(static request => request == $"GET {Workloads}?limit=500") >= 2);
    }

    [Fact]
    public async Task Watch_NoLongerFitsTheSelector_IsToldAsGone()
    {
        Tell("MODIFIED", "2", "api", 3, "Degraded");
        FedctlCall call = await WatchAsync(["get", "workloads", "-w", "-o", "json", "--field-selector", "status.phase=Ready"], "DELETED");
        JsonNode[] told = [.. call.Lines.Select(static line => JsonNode.Parse(line)!)];
        Assert.Equal([("ADDED", "api"), ("DELETED", "api")], told.Select(static line => (line["type"]!.GetValue<string>(), line["object"]!["metadata"]!["name"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Watch_AbsentName_EndsWith4() => Assert.Equal(4, (await RunAsync("get", "workload", "nope", "-w")).ExitCode);

    private ConcurrentQueue<WatchEvent> Queue() => _plane.Watches.GetOrAdd(Workloads, static _ => new());

    private void Tell(string type, string cursor, string name, int replicas, string phase) => Queue().Enqueue(new WatchEvent(type, cursor, JsonNode.Parse(Json(name, replicas, phase))));

    private void Keep(string name, int replicas, string phase) => _plane.Keep($"{Workloads}/{name}", Json(name, replicas, phase));

    private static string Json(string name, int replicas, string phase) => $$$"""
        {"apiVersion":"federation/v1","kind":"Workload","metadata":{"name":"{{{name}}}","namespace":"default","generation":1},
         "spec":{"replicas":{{{replicas}}},"template":{"process":{"command":"sample"} } },
         "status":{"observedGeneration":1,"desired":{{{replicas}}},"phase":"{{{phase}}}"} }
        """;

    private Task<FedctlCall> RunAsync(params string[] args) => FedctlCall.RunAsync(_plane.ContextPath, args);

    private Task<FedctlCall> WatchAsync(string[] args, string until) => WatchAsync(args, text => text.Contains(until, StringComparison.Ordinal));

    private Task<FedctlCall> WatchAsync(string[] args, Func<string, bool> until) => FedctlCall.RunUntilAsync(_plane.ContextPath, args, until);
}
