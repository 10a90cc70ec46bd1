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

    [Fact]
    public void Of_AJobThatFailedAsOftenAsItsLimitAllows_CountsNoStartAfterItsLastEnd()
    {
        Job job = Failed with { Status = Failed.Status with { Failed = 2 } };
        var running = new Pod { Metadata = new ObjectMeta { Name = "report-2", Uid = "p" }, Status = new PodStatus { Phase = "Running" } };
        var seen = new PodState(ReplicaState.Ready, null, null, 0, null);
        // Its last pod is seen to run still, or not seen; how a pod ended is known, or not.
        PodState[] states =
        [
            JobDiagnosis.Of(job, running, seen, lastEnd: null, null, awaited: true), JobDiagnosis.Of(job, running, seen, "exit code 3", null, awaited: true),
            JobDiagnosis.Of(job, null, null, lastEnd: null, null, awaited: true), JobDiagnosis.Of(job, null, null, lastEnd: null, null, awaited: false),
        ];
        Assert.All(states, static state => Assert.Equal(1, state.Restarts));
    }

    [Fact]
    public void Of_AJobWhosePodFailed_CountsAStartOnceThereIsAnotherPod()
    {
        var job = new Job { Metadata = new ObjectMeta { Name = "report", Uid = "u" }, Status = new JobStatus { Failed = 1 } };
        var running = new Pod { Metadata = new ObjectMeta { Name = "report-2", Uid = "p" }, Status = new PodStatus { Phase = "Running" } };
        Assert.Equal(0, JobDiagnosis.Of(job, null, null, "exit code 3", null, awaited: false).Restarts);
        Assert.Equal(1, JobDiagnosis.Of(job, running, new PodState(ReplicaState.Ready, null, null, 0, null), "exit code 3", null, awaited: false).Restarts);
    }
}
