using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>The plan of a StatefulSet, on worlds of any kind: what must never be, never is; and what is ordered comes about.</summary>
public sealed class SetPlanTests
{
    private static readonly TemplateRevision Old = new("r1"), New = new("r2");

    [Fact]
    public void Compute_RoomForOne_RenewsTheTemplateBeforeItGivesAnyoneUp()
    {
        var set = new SetTurn(2, Old, [Pod(0, Old), Pod(1, Old)]);
        Assignment order = KubernetesRig.Order(2, "r2") with { MayBeUnavailable = 1 };
        Assert.True(SetPlan.Compute(order, set, []).Renews);
        SetStep step = SetPlan.Compute(order, set with { Revision = New }, []);
        Assert.False(step.Renews);
        Assert.Single(step.Surrendered);
        Assert.Equal(step.Surrendered, step.Replaced);
        Assert.Null(step.Count);
    }

    [Fact]
    public void Compute_ADeletedPodThatRunsOn_IsWaitedFor()
    {
        var set = new SetTurn(2, New, [Pod(0, Old)]);
        SetStep step = SetPlan.Compute(KubernetesRig.Order(2, "r2") with { MayBeUnavailable = 1 }, set, [(new ReplicaId("leaving"), Old)]);
        Assert.Empty(step.Surrendered);
        Assert.Empty(step.Drains);
        Assert.Null(step.Count);
    }

    [Fact]
    public void Compute_FewerReplicas_LowersFromTheTopAlone()
    {
        var set = new SetTurn(3, Old, [Pod(0, Old), Pod(1, Old) with { Drain = DrainStage.Surrendered }, Pod(2, Old) with { Drain = DrainStage.Draining }]);
        // The second has had its time, and waits for the third above it.
        Assert.Null(SetPlan.Compute(KubernetesRig.Order(1, "r1"), set, []).Count);
        Assert.Equal(1, SetPlan.Compute(KubernetesRig.Order(1, "r1"), set with { Pods = [set.Pods[0], set.Pods[1], Pod(2, Old) with { Drain = DrainStage.Over }] }, []).Count);
    }

    [Fact]
    public void Compute_NoOrder_RemovesTheSetWhenAllHaveHadTheirTime()
    {
        var set = new SetTurn(2, Old, [Pod(0, Old) with { DrainSeconds = 1 }, Pod(1, Old) with { Drain = DrainStage.Surrendered }]);
        Assert.Null(SetPlan.Compute(null, set, []).Count);
        Assert.Equal(0, SetPlan.Compute(null, set with { Pods = [Pod(0, Old) with { Drain = DrainStage.Over }, set.Pods[1]] }, []).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Compute_AnyWorld_ComesToWhatIsOrderedAndNeverHasFewerReadyThanItMust(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            int replicas = random.Next(1, 5), surge = random.Next(0, 2), missing = surge == 0 ? 1 : random.Next(0, 2);
            Assignment order = KubernetesRig.Order(replicas, "r2") with { Surge = surge, MayBeUnavailable = missing, Trial = false };
            int count = random.Next(1, 6), next = 0;
            TemplateRevision template = random.Next(2) == 0 ? Old : New;
            var pods = Enumerable.Range(0, count).Select(i => Pod(i, Old) with { Id = new ReplicaId($"p{next++}"), DrainSeconds = random.Next(2) }).ToList();
            var leaving = new List<SetPod>();
            int guard = 0;
            for (; guard < 200; guard++)
            {
                int before = pods.Count(static pod => pod.Ready && pod.Drain == DrainStage.None);
                SetStep step = SetPlan.Compute(order, new SetTurn(count, template, pods), [.. leaving.Select(static pod => (pod.Id, pod.Revision))]);
                if (step.Renews) template = New;
                for (int i = 0; i < pods.Count; i++)
                {
                    if (step.Drains.Contains(pods[i].Id)) pods[i] = pods[i] with { Drain = DrainStage.Draining };
                    if (step.Surrendered.Contains(pods[i].Id)) pods[i] = pods[i] with { Drain = DrainStage.Surrendered };
                }
                int after = pods.Count(static pod => pod.Ready && pod.Drain == DrainStage.None);
                Assert.True(after >= Math.Min(before, replicas - missing), $"seed {seed}, round {round}: {before} ready became {after} of {replicas}, of which {missing} may be missing");
                foreach (ReplicaId id in step.Replaced) End(pods.Single(pod => pod.Id == id));
                if (step.Count is { } number)
                {
                    Assert.True(number <= replicas + surge || number < count, $"seed {seed}, round {round}: {number} of {replicas} and {surge}");
                    count = number;
                }
                // The cluster: ends, makes what is missing, and makes it ready, in any order.
                foreach (SetPod top in pods.Where(pod => pod.Ordinal >= count).ToArray()) End(top);
                for (int i = 0; i < pods.Count; i++)
                {
                    if (pods[i].Drain == DrainStage.Draining && random.Next(2) == 0) pods[i] = pods[i] with { Drain = DrainStage.Over };
                    if (!pods[i].Ready && random.Next(2) == 0) pods[i] = pods[i] with { Ready = true };
                }
                if (random.Next(2) == 0) leaving.Clear();
                for (int ordinal = 0; ordinal < count; ordinal++)
                    if (!pods.Exists(pod => pod.Ordinal == ordinal) && !leaving.Exists(pod => pod.Ordinal == ordinal)) pods.Add(Pod(ordinal, template) with { Id = new ReplicaId($"p{next++}"), Ready = false });
                if (count == replicas && leaving.Count == 0 && pods.Count == replicas && pods.All(static pod => pod.Revision == New && pod.Ready && pod.Drain == DrainStage.None)) break;
            }
            Assert.True(guard < 200, $"seed {seed}, round {round}: {replicas} replicas, surge {surge}, missing {missing} never came about: {string.Join("; ", pods)}");

            void End(SetPod pod)
            {
                pods.Remove(pod);
                leaving.Add(pod);
            }
        }
    }

    private static SetPod Pod(int ordinal, TemplateRevision revision) => new(new ReplicaId($"{ordinal}-{revision.Value}"), ordinal, revision, Alive: true, Ready: true, DrainStage.None, 0);
}
