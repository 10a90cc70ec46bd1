using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Tests.Observing;

/// <summary>Jobs and their pods are told by feeds of their own: either may be the first to say that it is over.</summary>
public sealed class JobDiagnosisTests
{
    private static readonly Job Failed = new()
    {
        Metadata = new ObjectMeta { Name = "report", Uid = "u" },
        Status = new JobStatus { Failed = 1, Conditions = [new Condition { Type = "Failed", Status = "True", Reason = "BackoffLimitExceeded" }] },
    };

    [Fact]
    public void Of_AJobWhosePodIsYetToBeSeenFailing_WaitsForWhatThatSays()
    {
        PodState before = JobDiagnosis.Of(Failed, null, null, lastEnd: null, null, awaited: true);
        Assert.Equal((ReplicaState.Stopping, null), (before.State, before.Succeeded));
        PodState after = JobDiagnosis.Of(Failed, null, null, "exit code 3", null, awaited: true);
        Assert.Equal((ReplicaState.Ended, false, "exit code 3"), (after.State, after.Succeeded, after.LastEnd));
    }

    [Fact]
    public void Of_AJobWhosePodIsNotToBeSeen_IsOverAllTheSame()
    {
        PodState state = JobDiagnosis.Of(Failed, null, null, lastEnd: null, null, awaited: false);
        Assert.Equal((ReplicaState.Ended, false, "it failed as often as its limit allows"), (state.State, state.Succeeded, state.LastEnd));
    }
}
