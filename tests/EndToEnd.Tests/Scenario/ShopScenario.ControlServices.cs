using System.Net;
using System.Text.Json;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Domain.Json;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Scenario;

/// <summary>Services that are killed in the middle of an apply: the result is the same, and what runs does not notice.</summary>
public sealed partial class ShopScenario
{
    private static readonly string[] ControlServices = ["identity", "secretstore", "placement", "health", "gateway"];

    // Behind the gateway's own return: agents dial in again, with a pause that grows.
    private static readonly TimeSpan DialIn = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("identity")]
    [InlineData("secretstore")]
    [InlineData("placement")]
    [InlineData("health")]
    [InlineData("gateway")]
    [InlineData("identity", "secretstore", "placement", "health", "gateway")]
    public async Task Step21_KillControlServices_DuringAnApply_ChangesNothing(params string[] doomed)
    {
        await EnsureShopAsync("2");
        SortedDictionary<string, ProcessMark> before = await ShopProcessesAsync();
        string name = doomed.Length == 1 ? $"during-{doomed[0]}" : "during-all";
        string file = ProbeOf(name);
        var killed = new Dictionary<string, int>();
        foreach (string service in doomed) killed[service] = await _plane.ProcessOfAsync(service);
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);

        Command apply = _plane.StartFedctl("apply", "-f", file, "--no-wait");
        await apply.FirstLine;
        DateTimeOffset dead = DateTimeOffset.UtcNow;
        foreach (int process in killed.Values) Signals.Kill(process);
        CommandResult first = await apply.EndAsync(Eventually.Patience, Cancelled);
        foreach (string service in doomed) await _plane.BackAsync(service, killed[service]);
        DateTimeOffset back = DateTimeOffset.UtcNow;
        // It waits for the plane by itself: nobody has to repeat it.
        first.Done();

        Workload probe = await _plane.ReadyAsync(name);
        await load.FlowsAsync(40);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();
        Assert.Equal((await UndisturbedAsync()).Replace("undisturbed", name, StringComparison.Ordinal), Declared(probe));
        await Eventually.TrueAsync($"{name}.localhost answers", () => AnswersAsync($"{name}.localhost"));
        await AssertNoneRestartedAsync(before);
        bool gateway = doomed.Contains("gateway");
        LoadAssert.NoneFailed(gateway ? "nothing fails but while the gateway is down" : "no request fails", requests.Where(request => !gateway || request.End < dead || request.Start > back + DialIn));
        AssertExecutions(requests);
        LoadRequest[] failed = [.. requests.Where(request => request.Failure is not null)];
        Figure($"{string.Join(", ", doomed)} killed: back after {(back - dead).TotalSeconds:0.0} s, the apply went through{(first.Error.Contains("trying again", StringComparison.Ordinal) ? ", and said that it waited" : "")}; {requests.Count} requests, {failed.Length} failed{(failed.Length == 0 ? "" : $", the last sent {(failed[^1].Start - dead).TotalSeconds:0.0} s after the kill")}");
    }

    [Fact]
    public async Task Step22_Delete_WhatWasApplied_EndsIt()
    {
        // All at once: their replicas stop side by side.
        (await _plane.FedctlAsync(["delete", .. Directory.GetFiles(_plane.Shared, "probe-*.yaml").SelectMany(static file => (string[])["-f", file])])).Done();
        Assert.All((await _plane.Client.ListAsync<Workload>(ct: Cancelled)).Items, workload => Assert.Contains(workload.Metadata.Name, ShopWorkloads));
    }

    private async Task<string> UndisturbedAsync()
    {
        (await _plane.FedctlAsync("apply", "-f", ProbeOf("undisturbed"))).Done();
        return Declared(await _plane.ReadyAsync("undisturbed"));
    }

    private static string Declared(Workload workload) => JsonSerializer.Serialize(workload.Spec, DomainJson.Options);

    private async Task<bool> AnswersAsync(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;
        using HttpResponseMessage answer = await _http.SendAsync(request, Cancelled);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>One of everything: its apply needs every service.</summary>
    private string ProbeOf(string name)
    {
        string file = Path.Combine(_plane.Shared, $"probe-{name}.yaml");
        File.WriteAllText(file, $$"""
            apiVersion: federation/v1
            kind: Config
            metadata: { name: {{name}} }
            spec: { data: { greeting.txt: "hello from {{name}}" } }
            ---
            apiVersion: federation/v1
            kind: Secret
            metadata: { name: {{name}} }
            spec: { data: { key: "a-key-for-{{name}}" } }
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: {{name}} }
            spec:
              replicas: 1
              template:
                process: { command: federation-sample, arguments: [web] }
                environment: { CONFIG_FILE: {{name}}/greeting.txt, SECRET_FILE: {{name}}/key }
                ports: [{ name: http }]
                configs: [{ name: {{name}} }]
                secrets: [{ name: {{name}} }]
                resources: { cpu: 50m, memory: 64Mi }
                healthCheck: { http: { path: /healthz } }
            ---
            apiVersion: federation/v1
            kind: Route
            metadata: { name: {{name}} }
            spec: { host: {{name}}.localhost, workload: {{name}}, port: http }
            """);
        return file;
    }
}
