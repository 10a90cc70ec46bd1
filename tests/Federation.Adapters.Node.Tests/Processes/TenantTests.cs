using System.Text;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Tests.Processes;

public sealed class TenantTests
{
    private const string Plaintext = "the-secret-of-all-secrets";
    private static readonly SealedFiles Secret = new("Secret", "s", 1, Encoding.UTF8.GetBytes(Plaintext));

    [RootFact]
    public async Task Tenants_CannotReadEachOther()
    {
        await using RealNode node = await RealNode.StartedAsync();
        await node.ApplyAsync(1, [Secret], WithSecret(RealNode.Order("web", "exec sleep 600", tenant: "acme")), WithSecret(RealNode.Order("web", "exec sleep 600", tenant: "other")));
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
        Assert.Contains(Capability.TenantIsolation, seen.Nodes[0].Capabilities);
        ReplicaId ours = seen.Replicas.Single(static replica => replica.Workload.Tenant.Value == "acme").Id;
        ReplicaId theirs = seen.Replicas.Single(static replica => replica.Workload.Tenant.Value == "other").Id;
        ReplicaFolder folder = node.FolderOf(theirs);
        int process = RealNode.ProcessOf(node.Folder, theirs).Process;

        Assert.Equal((0, Plaintext), await node.RunBesideAsync(theirs, $"cat {folder.Home}/secrets/s/key"));
        Assert.Equal((0, Plaintext), await node.RunBesideAsync(ours, "cat \"$FEDERATION_SECRETS/s/key\""));
        foreach (string attempt in (string[])
        [
            $"cat {folder.Home}/secrets/s/key", $"ls {folder.Home}", $"cat {folder.Environment}", $"ls {folder.Root}", $"ls {Path.GetDirectoryName(folder.Root)}",
            $"cat /proc/{process}/environ", $"ls /proc/{process}/fd", $"cat /proc/{process}/root{folder.Home}/secrets/s/key",
            $"cat {folder.Log}", $"cat {node.Folder}/journal/journal", $"kill -9 {process}", "cat /etc/shadow", "chroot / true",
        ])
        {
            (int code, string output) = await node.RunBesideAsync(ours, attempt);
            Assert.True(code != 0, $"'{attempt}' succeeded: {output}");
            Assert.DoesNotContain(Plaintext, output, StringComparison.Ordinal);
        }
    }

    [RootFact]
    public async Task Secrets_AreInMemoryWithOwnerOnlyRightsAndNowhereElse()
    {
        await using RealNode node = await RealNode.StartedAsync();
        // The box of this test is open, so the journal holds it as base64; what the journal holds otherwise is sealed.
        await node.ApplyAsync(1, [Secret], WithSecret(RealNode.Order("web", "exec sleep 600")));
        ReplicaObservation replica = await node.SeeReadyAsync();
        string file = Path.Combine(node.FolderOf(replica.Id).Home, "secrets/s/key");
        Assert.True(Native.IsMemoryBacked(file));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
        (int process, int parent) = RealNode.ProcessOf(node.Folder, replica.Id);
        foreach (int each in (int[])[process, parent])
        {
            Assert.DoesNotContain(Plaintext, await File.ReadAllTextAsync($"/proc/{each}/environ", TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.DoesNotContain(Plaintext, await File.ReadAllTextAsync($"/proc/{each}/cmdline", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        // And it goes with the replica.
        await node.ApplyAsync(2);
        await node.SeeAsync(static set => set.Replicas.Count == 0);
        Assert.False(Directory.Exists(node.FolderOf(replica.Id).Root));
    }

    [Fact]
    public async Task Secret_WithAPathThatLeavesTheFolder_IsRefused()
    {
        await using RealNode node = await RealNode.StartedAsync();
        Assignment order = RealNode.Order("web", "exec sleep 600");
        await node.ApplyAsync(1, [Secret], order with { Template = order.Template with { Secrets = [new FileReference { Name = "s", Path = "../../escape" }] } });
        ReplicaObservation replica = (await node.SeeAsync(static set => set.Replicas is [{ Message: not null }])).Replicas[0];
        Assert.Equal(ReplicaState.BackOff, replica.State);
        Assert.Equal("the path ../../escape of the Secret s leaves the replica's folder", replica.Message);
    }

    [Fact]
    public async Task Node_WithoutIsolation_ServesOneTenantAndSaysSo()
    {
        await using RealNode node = await RealNode.StartedAsync(static options => options with { TenantIsolation = false });
        Assignment first = RealNode.Order("web", "exec sleep 600", tenant: "acme");
        await node.ApplyAsync(1, first);
        await node.SeeReadyAsync();
        await node.ApplyAsync(2, first, RealNode.Order("web", "exec sleep 600", tenant: "other"));
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas.Any(static replica => replica.Message is not null));
        Assert.DoesNotContain(Capability.TenantIsolation, seen.Nodes[0].Capabilities);
        ReplicaObservation refused = seen.Replicas.Single(static replica => replica.Workload.Tenant.Value == "other");
        Assert.Equal(ReplicaState.BackOff, refused.State);
        Assert.Contains("serves tenant acme alone", refused.Message, StringComparison.Ordinal);
    }

    private static Assignment WithSecret(Assignment order) => order with { Template = order.Template with { Secrets = [new FileReference { Name = "s" }] } };
}
