using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;

namespace EndToEnd.Tests.Scenario;

/// <summary>The launcher's own death, wanted and not.</summary>
public sealed partial class ShopScenario
{
    private static readonly string[] Instances = ["identity", "secretstore", "placement", "health", "gateway", "eu-cloud-n1", "eu-cloud-n2", "us-cloud-n1", "us-cloud-n2", "edge-n1"];

    [Fact]
    public async Task Step61_KillAppHost_ThenStart_AdoptsAndDoublesNothing()
    {
        await EnsureShopAsync("2");
        SortedDictionary<string, ProcessMark> before = await ShopProcessesAsync();
        int[] services = await Task.WhenAll(Instances.Select(_plane.ProcessOfAsync));
        await _plane.KillHostAsync();
        await Eventually.TrueAsync("the services have followed their launcher", () => Task.FromResult(!MachineProcesses.All.Intersect(services).Any()));
        await _plane.StartAsync(fresh: false);

        foreach (string workload in ShopWorkloads) await _plane.ReadyAsync(workload);
        await AssertNoneRestartedAsync(before);
        Assert.Equal(before.Count, MachineProcesses.PlaneReplicas(_plane.State).Count);
        await Eventually.TrueAsync("the shop answers", () => AnswersAsync(Host));
    }

    [Fact]
    public async Task Step62_CtrlC_LeavesNoProcessAndNothingInMemory()
    {
        await EnsureShopAsync("2");
        string[] inMemory = [.. Directory.GetFiles(Path.Combine(_plane.State, "agents"), "runtime", SearchOption.AllDirectories).Select(note => File.ReadAllText(note).Trim())];
        Assert.Equal(5, inMemory.Length);
        Assert.All(inMemory, folder => Assert.True(Directory.Exists(folder), folder));
        Assert.NotEmpty(MachineProcesses.Under(_plane.State));

        Assert.Equal(0, await _plane.InterruptAsync());

        string[] left = MachineProcesses.Under(_plane.State);
        Assert.True(left.Length == 0, string.Join('\n', left));
        Assert.All(inMemory, folder => Assert.False(Directory.Exists(folder), folder));
    }

    [Fact]
    public async Task Step63_Start_AfterCtrlC_GoesOnWhereItEnded()
    {
        Assert.SkipWhen(_plane.Runs, "the plane was not stopped before");
        await _plane.StartAsync(fresh: false);
        Assert.Contains("Ready", (await _plane.FedctlAsync("get", "clusters")).Done().Out, StringComparison.Ordinal);
        foreach (string workload in ShopWorkloads) await _plane.ReadyAsync(workload);
        await Eventually.TrueAsync("the shop answers", () => AnswersAsync(Host));
    }

    [Fact]
    public async Task Step64_StateDestroyed_KitAndClustersBringThePlaneBackAndNothingIsRestarted()
    {
        await EnsureShopAsync("2");
        SortedDictionary<string, ProcessMark> before = await ShopProcessesAsync();
        string kit = Path.Combine(_plane.Shared, "plane.kit"), backup = Path.Combine(_plane.Shared, "plane.backup"), passphrase = Path.Combine(_plane.Shared, "passphrase");
        await File.WriteAllTextAsync(passphrase, "correct horse battery staple", Cancelled);
        (await _plane.FedctlAsync("recover", "kit", "-o", kit, "--passphrase-file", passphrase)).Done();
        (await _plane.FedctlAsync("backup", "-o", backup)).Done();
        // What is behind the orders reaches the agents some seconds after the orders.
        string agents = Path.Combine(_plane.State, "agents");
        await Eventually.TrueAsync("an agent keeps the shop's route", () => Task.FromResult(
            Directory.GetFiles(agents, "keepsake", SearchOption.AllDirectories).Any(file => File.ReadAllText(file).Contains(Host, StringComparison.Ordinal))));
        int[] services = await Task.WhenAll(Instances.Select(_plane.ProcessOfAsync));
        await _plane.KillHostAsync();
        await Eventually.TrueAsync("the services have followed their launcher", () => Task.FromResult(!MachineProcesses.All.Intersect(services).Any()));
        foreach (string lost in (string[])["services", "keys", "bootstrap"]) Directory.Delete(Path.Combine(_plane.State, lost), recursive: true);
        _plane.ForgetLogin();

        long start = TimeProvider.System.GetTimestamp();
        (await _plane.FedctlAsync("recover", "--kit", kit, "--passphrase-file", passphrase, "--state", _plane.State)).Done();
        await _plane.StartAsync(fresh: false);
        await Eventually.TrueAsync("every node has reported", async () => (await _plane.FedctlAsync("recover", "status")).Out.Contains(" 0 awaited", StringComparison.Ordinal),
            async () => (await _plane.FedctlAsync("recover", "status")).All);
        string told = (await _plane.FedctlAsync("recover", "finish")).Done().Out;
        Assert.Contains("Workload default/default/web", told, StringComparison.Ordinal);
        Assert.Contains("Secret default/default/shop: what runs keeps its files", told, StringComparison.Ordinal);

        await Eventually.TrueAsync("the shop answers", () => AnswersAsync(Host));
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        Figure($"state destroyed, recovered and serving after {took.TotalSeconds:0.0} s");
        await AssertNoneRestartedAsync(before);
        // Secrets are the user's to give again: the workloads find them, and go on.
        (await _plane.FedctlAsync("apply", "-f", ShopOf("2"))).Done();
        foreach (string workload in ShopWorkloads) await _plane.ReadyAsync(workload);
    }
}
