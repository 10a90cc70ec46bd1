using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Placement.Moving;

namespace Federation.Placement.Tests.Moving;

/// <summary>Data is given up only where its home is gone for good, and only by a person's word.</summary>
public sealed class DataLossTests
{
    [Fact]
    public void Judge_HomeConfirmedLost_IsAcceptedWithItsVolumes()
    {
        var accepted = Assert.IsType<DataLoss.Accepted>(Judge(Home(), new ClusterSpec { ConfirmedLost = true }));
        Assert.Equal(("data", "eu/n1"), (Assert.Single(accepted.Volumes).Metadata.Name, accepted.Place));
        Assert.IsType<DataLoss.Accepted>(Judge(Home(), new ClusterSpec { Nodes = [new NodeSetting { Name = "n1", ConfirmedLost = true }] }));
    }

    [Fact]
    public void Judge_HomeThatWasDeleted_IsAccepted() => Assert.IsType<DataLoss.Accepted>(Judge(Home(), null));

    [Theory]
    [InlineData(false, true, "by the rule reachable: node eu/n1 is heard (in contact)")]
    [InlineData(true, true, "by the rule reachable: node eu/n1 is heard (in contact)")]
    [InlineData(false, false, "by the rule confirmed-lost: node eu/n1, where the data of volume data is, is out of reach, but nobody has decided")]
    public void Judge_HomeThatIsNotGone_IsRefusedByItsRule(bool confirmed, bool heard, string reason) =>
        Assert.StartsWith(reason, Assert.IsType<DataLoss.Refused>(Judge(Home(), new ClusterSpec { ConfirmedLost = confirmed }, heard)).Problem.Detail, StringComparison.Ordinal);

    [Fact]
    public void Judge_NothingToLose_IsRefused()
    {
        Assert.Contains("no data to lose", Assert.IsType<DataLoss.Refused>(Judge(Home() with { Status = null }, null)).Problem.Detail, StringComparison.Ordinal);
        Assert.Contains("no data to lose", Assert.IsType<DataLoss.Refused>(Judge(Home() with { Spec = new VolumeSpec { Shared = true } }, null)).Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_VolumeDeclaredToBeThere_IsRefusedByThat() =>
        Assert.StartsWith("by the rule volume-home: ", Assert.IsType<DataLoss.Refused>(Judge(Home() with { Spec = new VolumeSpec { Cluster = "eu" } }, new ClusterSpec { ConfirmedLost = true })).Problem.Detail, StringComparison.Ordinal);

    private static Volume Home() => new()
    {
        Metadata = new ResourceMetadata { Name = "data", Namespace = "shop", Tenant = new("acme") },
        Status = new VolumeStatus { HomeCluster = new("eu"), HomeNode = new("n1") },
    };

    private static DataLoss Judge(Volume volume, ClusterSpec? home, bool heard = false) => DataLoss.Judge(
        new Workload
        {
            Metadata = new ResourceMetadata { Name = "db", Namespace = "shop", Tenant = new("acme") },
            Spec = new WorkloadSpec { Template = new WorkloadTemplate { Image = "db", Volumes = [new VolumeReference { Name = "data", Path = "/data" }, new VolumeReference { Name = "data", Path = "/more" }] } },
        },
        name => name == "data" ? volume : null,
        _ => home is null ? null : new Cluster { Metadata = new ResourceMetadata { Name = "eu" }, Spec = home },
        (cluster, node) => heard ? new Verdict { Cluster = cluster, Node = node, State = VerdictState.Ready, Revision = 1, Reason = "in contact" } : null);
}
