using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Planning;
using Federation.Placement.Status;
using Federation.Scheduling;

namespace Federation.Placement.Tests.Status;

/// <summary>What a person is told of a rollout that goes back in its middle to what ran before.</summary>
public sealed class RolloutStatusReaderTests
{
    private static readonly TemplateRevision Before = new("r1");

    [Theory]
    [InlineData(1, 3, 0, "Progressing")]
    [InlineData(1, 3, 3, "Progressing")]
    [InlineData(1, 3, 4, "Complete")]
    [InlineData(3, 3, 4, "Complete")]
    // One that was lost later is no rollout's.
    [InlineData(3, 3, 3, "Complete")]
    public void Read_BackToWhatRanBefore_IsCompleteOnceItRunsEverywhereAgain(int established, int declared, int updated, string state)
    {
        var workload = new Workload
        {
            Metadata = new ResourceMetadata { Name = "api", Namespace = "shop", Tenant = new("acme"), Uid = "u1", Generation = 3 },
            Spec = new WorkloadSpec { Replicas = 4, Template = new WorkloadTemplate { Process = new ProcessTemplate { Command = "sleep" } } },
        };
        var planned = new PlannedWorkload { Key = new WorkloadKey(new("acme"), "shop", "api"), Uid = "u1", Generation = 3, Spec = workload.Spec, Policy = new PlacementPolicySpec() };
        var resolved = new ResolvedWorkload.Complete(planned, Before, Before, new Rollout { WorkloadUid = "u1", Established = new RolloutVersion(established, Before, workload.Spec.Template) });

        WorkloadRollout told = RolloutStatusReader.Read(workload, resolved, declared, new WorkloadStatus { Desired = 4, UpdatedReady = updated }, DateTimeOffset.UnixEpoch);

        Assert.Equal((declared, state, established), (told.Number, told.State, told.RunningNumber));
    }
}
