using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;

namespace EndToEnd.Tests.Scenario;

/// <summary>What is to be in a cluster again that was lost, beside the shop, which stays where it went.</summary>
public sealed partial class ShopScenario
{
    private static readonly string[] Returning = ["home-automatic", "home-manual"];

    [Fact]
    public async Task Step14b_Apply_WhatIsToReturn_RunsWhereItIsAtHome()
    {
        string file = Path.Combine(_plane.Shared, "home.yaml");
        File.WriteAllText(file, string.Join("---\n", Returning.Select(static name => $$"""
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: {{name}} }
            spec:
              template: { process: { command: /bin/sleep, arguments: ["86400"] } }
              placement:
                affinity: [{ key: federation/cluster, values: [us-cloud, eu-cloud] }]
                preferred: [{ weight: 100, term: { key: federation/cluster, values: [us-cloud] } }]
                failover: { tolerationSeconds: 2, failback: {{name.Split('-')[1]}}, failbackAfterSeconds: 3 }

            """)));
        (await _plane.FedctlAsync("apply", "-f", file)).Done();
        Assert.All(await _plane.ReplicasAsync(Returning), static replica => Assert.Equal("us-cloud", replica.Cluster));
    }

    [Fact]
    public async Task Step16b_TheClusterThatReturned_GetsBackWhatIsToReturn_ByItselfOrAsAPersonSays()
    {
        await RunsAsync("home-automatic", "us-cloud");
        Assert.Contains(await _plane.Client.EventsAsync(ct: Cancelled), static record => record.Reason == "FailingBack" && record.Object.Contains("home-automatic", StringComparison.Ordinal));
        Assert.Equal("eu-cloud", Assert.Single(await _plane.ReplicasAsync("home-manual")).Cluster);
        CommandResult back = (await _plane.FedctlAsync("failback", "home-manual", "--wait")).Done();
        Assert.Contains("moves 1 from eu-cloud to us-cloud", back.Out, StringComparison.Ordinal);
        await RunsAsync("home-manual", "us-cloud");
        Assert.Contains("had to leave no cluster", (await _plane.FedctlAsync("failback", "home-manual")).Error, StringComparison.Ordinal);

        // Whatever of the shop would be better placed now begins to move, and stays where it is when that is ended.
        (await _plane.FedctlAsync("rebalance", "--yes")).Done();
        Assert.Contains("no rebalancing is under way any more", (await _plane.FedctlAsync("rebalance", "--end")).Done().Out, StringComparison.Ordinal);
        Assert.DoesNotContain("still moving", (await _plane.FedctlAsync("rebalance", "--dry-run")).Done().All, StringComparison.Ordinal);
        foreach (string workload in ShopWorkloads) await _plane.ReadyAsync(workload);
        foreach (string workload in Returning) (await _plane.FedctlAsync("delete", "workload", workload)).Done();
    }

    private Task RunsAsync(string workload, string cluster) => Eventually.TrueAsync($"{workload} runs on {cluster} alone", async () =>
        await _plane.ReplicasAsync(workload) is [ReplicaView { State: "Ready" } replica] && replica.Cluster == cluster, async () => (await _plane.FedctlAsync("describe", "workload", workload)).All);
}
