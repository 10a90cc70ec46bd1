using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Federation.Hosting.ApplicationModel;
using Federation.Hosting.Launching;

namespace Federation.Hosting.Tests;

public sealed class LauncherTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Run_TwoProjects_StartsTheSecondWhenTheFirstIsReadyAndStopsInReverse()
    {
        int first = PortCheck.FreePort(), second = PortCheck.FreePort();
        var seen = new Dictionary<string, object>();
        await using var run = new LauncherRun(builder =>
        {
            var api = Sample(builder, "api", first);
            Sample(builder, "web", second).WithReference(api).WithEnvironment("API_ADDRESS", api.GetEndpoint("http")).WaitFor(api)
                .WithEnvironment(context => { foreach (var (name, value) in context.EnvironmentVariables) seen[name] = value; });
        });

        await run.ReadyAsync();

        JsonNode answer = JsonNode.Parse(await Http.GetStringAsync($"http://localhost:{second}/", TestContext.Current.CancellationToken))!;
        Assert.Equal("api", answer["api"]!["role"]!.GetValue<string>());
        Assert.Equal($"http://localhost:{first}", seen["services__api__http__0"]);
        Assert.Equal("web", seen["OTEL_SERVICE_NAME"]);

        await run.StopAsync();
        string[] told = [.. run.Output.Where(line => line.EndsWith(" stops", StringComparison.Ordinal) || line.Contains("listens", StringComparison.Ordinal))];
        Assert.Equal(["api        | api 1 listens", "web        | web 1 listens", "web        | web 1 stops", "api        | api 1 stops"],
            told.Select(line => line.Split(" on port")[0]));
    }

    [Fact]
    public async Task Run_ProcessKilled_StartsItAgain()
    {
        int port = PortCheck.FreePort();
        await using var run = new LauncherRun(builder => Sample(builder, "api", port));
        await run.ReadyAsync();
        int before = await ProcessAtAsync(port);

        Process.GetProcessById(before).Kill();

        await LauncherRun.UntilAsync(async () => await ProcessAtAsync(port) is var now && now != before && now != 0);
        Assert.Contains(run.Output, line => line.Contains("ended with code 137; starts again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ReadyProcessKilledAgainAndAgain_StartsItAsSoonAsTheFirstTime()
    {
        int port = PortCheck.FreePort();
        await using var run = new LauncherRun(builder => Sample(builder, "api", port));
        await run.ReadyAsync();

        for (int kills = 1; kills <= 3; kills++)
        {
            await LauncherRun.UntilAsync(async () => (await run.ListAsync()).Contains(" Ready ", StringComparison.Ordinal));
            Process.GetProcessById(await ProcessAtAsync(port)).Kill();
            await LauncherRun.UntilAsync(() => Task.FromResult(run.Output.Count(line => line.EndsWith("ended with code 137; starts again in 0.5 s", StringComparison.Ordinal)) == kills));
        }
    }

    [Fact]
    public async Task Command_Stop_KeepsItDownUntilStart()
    {
        int port = PortCheck.FreePort();
        await using var run = new LauncherRun(builder => Sample(builder, "cloud-n1", port));
        await run.ReadyAsync();

        Assert.Equal(0, await run.CommandAsync("stop", "cloud"));
        await LauncherRun.UntilAsync(() => Task.FromResult(run.Output.Any(line => line.Contains("is down until", StringComparison.Ordinal))));
        Assert.Equal(0, await ProcessAtAsync(port));

        Assert.Equal(0, await run.CommandAsync("start", "cloud-n1"));
        await LauncherRun.UntilAsync(async () => await ProcessAtAsync(port) != 0);
    }

    [Fact]
    public async Task Command_UnknownResource_IsRefused()
    {
        await using var run = new LauncherRun(builder => Sample(builder, "api", PortCheck.FreePort()));
        await run.ReadyAsync();
        Assert.Equal(1, await run.CommandAsync("stop", "other"));
        Assert.Equal(1, await run.CommandAsync("explode", "api"));
    }

    [Fact]
    public async Task Command_OfAResource_HoldsItAndRunsItsOwnCode()
    {
        int port = PortCheck.FreePort();
        var called = new TaskCompletionSource<string>();
        await using var run = new LauncherRun(builder => Sample(builder, "api", port).WithCommand("power-off", "goes dark", async context =>
        {
            await context.KillAndHoldAsync();
            called.SetResult(context.ResourceName);
            return "dark";
        }));
        await run.ReadyAsync();

        Assert.Equal(0, await run.CommandAsync("power-off", "api"));

        Assert.Equal("api", await called.Task);
        Assert.Equal(0, await ProcessAtAsync(port));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_Ends_TakesTheStepsOfAStopOnlyWhereItWasAskedFor(bool asked)
    {
        bool taken = false;
        await using var run = new LauncherRun(builder =>
        {
            Sample(builder, "api", PortCheck.FreePort()).OnResourceStopped(() =>
            {
                taken = true;
                return Task.CompletedTask;
            });
            if (!asked) builder.AddProject("broken", LauncherRun.SampleProject).WithArgs("crash", "0", "7").WithHttpEndpoint(PortCheck.FreePort()).WithHttpHealthCheck("/healthz");
        });
        if (asked) await run.ReadyAsync();
        else await Assert.ThrowsAsync<DistributedApplicationException>(() => run.Finished.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        await run.StopAsync();
        Assert.Equal(asked, taken);
    }

    [Fact]
    public async Task Run_ProgramThatNeverBecomesReady_FailsWithItsLastLines()
    {
        await using var run = new LauncherRun(builder => builder.AddProject("broken", LauncherRun.SampleProject)
            .WithArgs("crash", "0", "7").WithHttpEndpoint(PortCheck.FreePort()).WithHttpHealthCheck("/healthz"));

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => run.Finished.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

        Assert.Contains("broken cannot start", failure.Message, StringComparison.Ordinal);
        Assert.Contains("last with code 7", failure.Message, StringComparison.Ordinal);
        Assert.Contains("crashes with code 7, as told", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortTaken_NamesThePortAndTheWayOut()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        int port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var run = new LauncherRun(builder => Sample(builder, "api", port));

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => run.Finished.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

        Assert.Contains($"port {port}, needed for api (http)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--port-base", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StateFolderHeld_RefusesAndNamesTheHolder()
    {
        await using var first = new LauncherRun(builder => Sample(builder, "api", PortCheck.FreePort()));
        await first.ReadyAsync();
        await using var second = new LauncherRun(builder => Sample(builder, "api", PortCheck.FreePort()), first.State);

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.Finished);

        Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StateFolderThatCannotBeMade_EndsWithAMessageInPlaceOfATrace()
    {
        string file = Path.GetTempFileName();
        try
        {
            DistributedApplication app = DistributedApplication.CreateBuilder(["--state", Path.Combine(file, "state")]).Build();
            Assert.Equal(1, await app.RunAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Run_Fresh_RemovesWhatWasThere()
    {
        await using var run = new LauncherRun(builder =>
        {
            string old = Path.Combine(builder.StateDirectory, "services");
            Directory.CreateDirectory(old);
            File.WriteAllText(Path.Combine(old, "db"), "");
            Sample(builder, "api", PortCheck.FreePort());
        }, fresh: true);
        await run.ReadyAsync();
        Assert.False(Directory.Exists(Path.Combine(run.State, "services")));
    }

    [Fact]
    public async Task WithReplicas_GivesEachInstanceAnAddress()
    {
        int port = PortCheck.FreePort();
        var seen = new Dictionary<string, object>();
        await using var run = new LauncherRun(builder =>
        {
            var api = Sample(builder, "api", port).WithReplicas(2);
            Sample(builder, "web", PortCheck.FreePort()).WithReference(api)
                .WithEnvironment(context => { foreach (var (name, value) in context.EnvironmentVariables) seen[name] = value; });
        });
        await run.ReadyAsync();
        Assert.Equal($"http://localhost:{port}", seen["services__api__http__0"]);
        Assert.Contains("api", await Http.GetStringAsync($"{seen["services__api__http__1"]}/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static IResourceBuilder<ProjectResource> Sample(IDistributedApplicationBuilder builder, string name, int port) =>
        builder.AddProject(name, LauncherRun.SampleProject).WithArgs(name == "web" ? "web" : "api").WithHttpEndpoint(port, env: "PORT").WithHttpHealthCheck("/healthz");

    private static async Task<int> ProcessAtAsync(int port)
    {
        try
        {
            return JsonNode.Parse(await Http.GetStringAsync($"http://localhost:{port}/"))!["pid"]!.GetValue<int>();
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
