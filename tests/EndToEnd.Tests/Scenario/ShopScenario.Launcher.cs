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
        Assert.Equal(before, await ShopProcessesAsync());
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
}
