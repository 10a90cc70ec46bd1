using System.Text.Json;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Tests.Observing;

/// <summary>Pods in which admission, or a manifest, has put containers beside the one that was ordered, before it or behind it.</summary>
public sealed class SidecarsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""[{"name":"proxy"},{"name":"main"}]""", "main")]
    [InlineData("""[{"name":"proxy","env":[{"name":"A","value":"FEDERATION_REPLICA"}]},{"name":"web","env":[{"name":"A","value":"b"},{"valueFrom":{"fieldRef":{"fieldPath":"metadata.uid"}},"name":"FEDERATION_REPLICA"}]}]""", "web")]
    [InlineData("""[{"name":"main","env":null},{"name":"web","env":[{"name":"FEDERATION_REPLICA"}],"image":"x"}]""", "web")]
    [InlineData("""[{"name":"proxy","env":[]},{"name":"other"}]""", "proxy")]
    [InlineData("[]", null)]
    public void OwnContainer_OfAPod_IsTheOneThatThePlaneMadeWhereverItStandsAndWhateverItsName(string containers, string? name)
    {
        Pod pod = JsonSerializer.Deserialize($$"""{ "metadata": { "name": "web-0" }, "spec": { "containers": {{containers}}, "nodeName": "n1" } }""", FollowedJson.Default.Pod)!;
        Assert.Equal(name, OwnContainer.Of(pod)?.Name);
        Assert.Equal("n1", pod.Spec.NodeName);
    }

    [Fact]
    public void LastEnd_IsThatOfTheOwnContainer_ThoughASidecarEndedAfterIt()
    {
        Pod pod = PodOf([Ended("proxy", 137, Noon.AddSeconds(30)), Ended("main", 3, Noon, "no such table")], "Failed");
        Assert.Equal("exit code 3: no such table", PodDiagnosis.Of(pod).LastEnd);
        // One that did its work, in a pod that failed by another.
        PodState state = PodDiagnosis.Of(PodOf([Ended("proxy", 1, Noon), Ended("main", 0, Noon.AddSeconds(30))], "Failed"));
        Assert.Equal((ReplicaState.Ended, false, "its container proxy: exit code 1", "failed: its container proxy: exit code 1"), (state.State, state.Succeeded, state.LastEnd, state.Message));
    }

    [Fact]
    public void Crash_OfASidecarThatStandsFirst_IsToldAsTheSidecars()
    {
        Pod pod = PodOf([Waiting("proxy", "CrashLoopBackOff", 4) with { LastState = new ContainerState { Terminated = End(2, Noon) } }, Running("main")]);
        PodState state = PodDiagnosis.Of(pod);
        Assert.Equal((ReplicaState.BackOff, "its container proxy ended 4 times (exit code 2); it waits before it is started again", "its container proxy: exit code 2"), (state.State, state.Message, state.LastEnd));
    }

    [Fact]
    public void Trouble_OfBoth_IsToldOfTheOwnContainer()
    {
        Pod pod = PodOf([Waiting("proxy", "ImagePullBackOff"), Waiting("main", "CrashLoopBackOff", 2) with { LastState = new ContainerState { Terminated = End(1, Noon, "boom") } }]);
        Assert.Equal("its container main ended twice (exit code 1: boom); it waits before it is started again", PodDiagnosis.Of(pod).Message);
    }

    [Fact]
    public void OwnContainer_ThatHasEndedForGoodBesideASidecarThatGoesOn_IsNotSaidToBeStartedAgain()
    {
        Pod pod = PodOf([Running("proxy"), Ended("main", 0, Noon)], restarts: "OnFailure");
        Assert.Equal("its container main has ended (exit code 0), and its pod ends only with its other containers", PodDiagnosis.Of(pod).Message);
        pod = PodOf([Running("proxy"), Ended("main", 1, Noon)], restarts: "OnFailure");
        Assert.Equal("its container main has ended (exit code 1) and will be started again", PodDiagnosis.Of(pod).Message);
    }

    [Fact]
    public void InitContainerThatStays_IsASidecar_AndNoInitializationThatNeverEnds()
    {
        ContainerStatus starting = Running("proxy") with { Ready = false, Started = false }, runs = Running("proxy"), unready = Running("proxy") with { Ready = false };
        ContainerStatus created = Waiting("main", "PodInitializing"), main = Running("main");
        Assert.Equal((ReplicaState.Starting, "waits for its sidecar proxy to start"), Told(Native(starting, created)));
        Assert.Equal((ReplicaState.Starting, "is being created"), Told(Native(runs, created)));
        Assert.Equal((ReplicaState.Ready, null), Told(Native(runs, main, ready: true)));
        // Nothing is initialized any more, though it has to start again, or is not ready.
        Assert.Equal((ReplicaState.Starting, "its sidecar proxy runs and is not ready"), Told(Native(starting, main)));
        Assert.Equal((ReplicaState.Starting, "its sidecar proxy runs and is not ready"), Told(Native(unready, main)));
        PodState crashed = PodDiagnosis.Of(Native(Waiting("proxy", "CrashLoopBackOff", 3) with { LastState = new ContainerState { Terminated = End(1, Noon) } }, main));
        Assert.Equal((ReplicaState.BackOff, "its sidecar proxy ended 3 times (exit code 1); it waits before it is started again", "its sidecar proxy: exit code 1"), (crashed.State, crashed.Message, crashed.LastEnd));

        static (ReplicaState, string?) Told(Pod pod) => (PodDiagnosis.Of(pod).State, PodDiagnosis.Of(pod).Message);
    }

    [Fact]
    public void InitContainerThatStays_KeepsAPodFromBeingOverWhileItRuns()
    {
        Pod pod = Native(Running("proxy"), Ended("main", 0, Noon));
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Noon, Finalizers = ["example/hold"] } };
        Assert.Equal("is ending", PodDiagnosis.Of(pod).Message);
        pod = pod with { Status = pod.Status with { InitContainerStatuses = [Ended("proxy", 0, Noon)] } };
        Assert.Equal("has ended and is held by the finalizer example/hold", PodDiagnosis.Of(pod).Message);
    }

    private static Pod PodOf(ContainerStatus[] statuses, string phase = "Running", string? restarts = null) => new()
    {
        Metadata = new ObjectMeta { Name = "web-0", Uid = "u" },
        Spec = new PodSpec { NodeName = "n1", RestartPolicy = restarts, Containers = [.. statuses.Select(static status => new ContainerForm { Name = status.Name })] },
        Status = new PodStatus { Phase = phase, ContainerStatuses = statuses },
    };

    private static Pod Native(ContainerStatus sidecar, ContainerStatus main, bool ready = false)
    {
        Pod pod = PodOf([main]);
        return pod with
        {
            Spec = pod.Spec with { InitContainers = [new ContainerForm { Name = sidecar.Name, RestartPolicy = "Always" }] },
            Status = pod.Status with { InitContainerStatuses = [sidecar], Conditions = [new Condition { Type = "Ready", Status = ready ? "True" : "False" }] },
        };
    }

    private static ContainerStatus Running(string name) => new() { Name = name, Ready = true, Started = true, State = new ContainerState { Running = new ContainerRunning { StartedAt = Noon } } };

    private static ContainerStatus Waiting(string name, string reason, int restarts = 0) => new() { Name = name, RestartCount = restarts, State = new ContainerState { Waiting = new ContainerWaiting { Reason = reason } } };

    private static ContainerStatus Ended(string name, int code, DateTimeOffset at, string? words = null) => new() { Name = name, State = new ContainerState { Terminated = End(code, at, words) } };

    private static ContainerTerminated End(int code, DateTimeOffset at, string? words = null) => new() { ExitCode = code, FinishedAt = at, Message = words };
}
