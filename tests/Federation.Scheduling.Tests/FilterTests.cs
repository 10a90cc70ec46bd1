using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

public sealed class FilterTests
{
    [Fact]
    public void Compute_NodeDraining_GivesAwayWhatItHasAndTakesNothing()
    {
        World world = new World().Cluster("eu", nodes: 2).Workload("web", 4).Assign("web", "eu", "n1", 2).Assign("web", "eu", "n2", 2);
        world.Change("eu", spec => spec.WithNode("n1", node => node with { Draining = true }));
        Assert.Equal("eu/n2=4", world.Place("web"));
        world.Change("eu", spec => spec.WithNode("n1", node => node with { Draining = false }));
        Assert.Equal("eu/n1=2 eu/n2=2", world.Place("web"));
    }

    [Fact]
    public void Compute_NodeCordoned_KeepsWhatRunsAndTakesNothingNew()
    {
        World world = new World().Cluster("eu", nodes: 2).Workload("web", 3).Assign("web", "eu", "n1", 1);
        world.Change("eu", spec => spec.WithNode("n1", node => node with { Cordoned = true }));
        Assert.Equal("eu/n1=1 eu/n2=2", world.Place("web"));
    }

    [Fact]
    public void Compute_ClusterCordoned_KeepsWhatRunsAndTakesNothingNew()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2).Assign("web", "eu", "n1", 1);
        world.Change("eu", spec => spec with { Cordoned = true });
        Assert.Equal("eu/n1=1 us/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_ContainerThatNeedsMoreThanAnImage_GoesWhereThatIsOffered()
    {
        World world = new World().Cluster("plain").Cluster("able", capabilities: [.. World.AllCapabilities, Capability.LinuxCapabilities, Capability.Sysctls]).Workload("web", 3);
        world.Change("web", workload => workload with
        {
            Spec = workload.Spec with
            {
                Template = workload.Spec.Template with
                {
                    Process = null,
                    Image = "web:1",
                    Container = new() { CapAdd = ["NET_ADMIN"], Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "1024" } },
                },
            },
        });
        Assert.Equal("able/n1=3", world.Place("web"));
        Assert.Contains(PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Clusters, cluster =>
            cluster is { Name: "plain", RefusedBy: "capability" } && cluster.Sentence.Contains("lacks the capability linux-capabilities, sysctls; its agent must offer it, or the template do without: linux-capabilities reaches the machine itself, and where a kind of cluster can do it at all its owner grants it by Agent__MachineRights=true", StringComparison.Ordinal));
    }

    [Fact]
    public void Compute_VersionOnTrial_GoesOnlyWhereTheOneBeforeMayRunToo()
    {
        World world = new World().Cluster("closed", capabilities: [Capability.Image]).Cluster("open", capabilities: [Capability.Image, Capability.Binds]).Workload("web", 2);
        world.Change("web", static workload => workload with
        {
            Spec = workload.Spec with { Template = workload.Spec.Template with { Process = null, Image = "web:2" } },
            Fallback = workload.Spec.Template with { Process = null, Image = "web:1", Container = new() { Binds = [new BindMount { Source = "/srv", Path = "/srv" }] } },
        });
        Assert.Equal("open/n1=2", world.Place("web"));
        world.Change("web", static workload => workload with { Fallback = null });
        Assert.Equal("closed/n1=1 open/n1=1", world.Place("web"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Compute_RightTakenFromWhatRuns_StaysThereForAVersionThatDoesWithoutIt(bool singleton, bool volume)
    {
        World world = new World().Cluster("home", capabilities: [Capability.Image, Capability.Fencing, Capability.Volumes]).Cluster("other", capabilities: [Capability.Image, Capability.Fencing, Capability.Volumes]);
        world.Workload("web", singleton ? 1 : 2, singleton: singleton, volumes: volume ? [World.Volume("data", "home", "n1")] : []).Assign("web", "home", "n1", singleton ? 1 : 2);
        world.Change("web", static workload => workload with
        {
            Spec = workload.Spec with { Template = workload.Spec.Template with { Process = null, Image = "web:2" } },
            Fallback = workload.Spec.Template with { Process = null, Image = "web:1", Container = new() { Binds = [new BindMount { Source = "/srv", Path = "/srv" }] } },
        });
        Assert.Equal(singleton ? "home/n1=1" : "home/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_RightTakenAwayEverywhere_KeepsNoVersionThatDoesWithoutItFromAPlace()
    {
        World world = new World().Cluster("home", capabilities: [Capability.Image], spec: new ClusterSpec { Cordoned = true, Draining = true }).Cluster("other", capabilities: [Capability.Image]);
        world.Workload("web", 2).Assign("web", "home", "n1", 2);
        world.Change("web", static workload => workload with
        {
            Spec = workload.Spec with { Template = workload.Spec.Template with { Process = null, Image = "web:2" } },
            Fallback = workload.Spec.Template with { Process = null, Image = "web:1", Container = new() { Binds = [new BindMount { Source = "/srv", Path = "/srv" }] } },
        });
        Assert.Equal("other/n1=2", world.Place("web"));
        // While one place offers it, what the trial may go back to counts.
        world.Cluster("third", capabilities: [Capability.Image, Capability.Binds]);
        Assert.Equal("third/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_FieldsOfKubernetesThatAreNeeded_KeepOtherClustersAway()
    {
        World world = new World().Cluster("swarm", capabilities: [Capability.Image]).Cluster("kube", capabilities: [Capability.Image, Capability.KubernetesFields]).Workload("web", 3);
        KubernetesFields fields = new() { Extra = new Dictionary<string, string> { ["container.imagePullPolicy"] = "\"Always\"" } };
        world.Change("web", workload => workload with { Spec = workload.Spec with { Template = workload.Spec.Template with { Process = null, Image = "web:1", Container = new() { Kubernetes = fields } } } });
        Assert.Contains("swarm", world.Place("web"));
        fields = fields with { Needed = new Dictionary<string, string> { ["pod.spec.hostUsers"] = "false" } };
        world.Change("web", workload => workload with { Spec = workload.Spec with { Template = workload.Spec.Template with { Container = new() { Kubernetes = fields } } } });
        Assert.Equal("kube/n1=3", world.Place("web"));
        Assert.Contains(PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Clusters, static cluster =>
            cluster is { Name: "swarm", RefusedBy: "capability" } && cluster.Sentence.Contains("lacks the capability kubernetes-fields; what stands in container.kubernetes.needed is for Kubernetes clusters alone", StringComparison.Ordinal));
    }

    [Fact]
    public void Compute_WhatRunsToItsEnd_IsKeptOffClustersThatOnlyKeepThingsRunning()
    {
        World world = new World().Cluster("old", capabilities: [Capability.Image, Capability.Volumes]).Workload("report", 1);
        WorkloadTemplate ending = new WorkloadTemplate { Image = "report:1" } with { Restart = new() { Condition = RestartCondition.OnFailure } };
        Keeps(ending, "lacks the capability jobs; what runs to its end (restart.condition never or onFailure) is not run there");
        Keeps(ending with { Restart = new(), Container = new() { Mode = ContainerMode.Global } }, "lacks the capability global-mode; its agent is of a version that cannot run one replica on each machine");
        world.Cluster("new", capabilities: [Capability.Image, Capability.Volumes, Capability.KubernetesFields, Capability.Jobs]);
        Assert.Equal("new/n1=1", PlaceOf(ending));
        Keeps(ending with { Volumes = [new() { Name = "data", Path = "/data" }] }, "lacks the capability job-volumes", "new");
        Keeps(ending with { Container = new() { Kubernetes = new() { Needed = new Dictionary<string, string> { ["job.spec.completionMode"] = "\"Indexed\"" } } } }, "lacks the capability numbered-jobs", "new");
        Keeps(ending with { Container = new() { Kubernetes = new() { Kind = "CronJob" } } }, "lacks the capability schedules; only Kubernetes clusters begin work by the clock", "new");

        string PlaceOf(WorkloadTemplate template)
        {
            world.Change("report", workload => workload with { Spec = workload.Spec with { Template = template } });
            return world.Place("report");
        }

        void Keeps(WorkloadTemplate template, string why, string cluster = "old")
        {
            Assert.DoesNotContain("=", PlaceOf(template), StringComparison.Ordinal);
            Assert.Contains(PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("report"))!.Clusters, one => one.Name == cluster && one.RefusedBy == "capability" && one.Sentence.Contains(why, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Compute_TemplateWithBothForms_NeedsWhatTheContainerNeedsOnlyWhereItRunsAsOne()
    {
        World world = new World().Cluster("bare", capabilities: [Capability.Process]).Cluster("docker", capabilities: [Capability.Image]).Workload("web", 2);
        world.Change("web", workload => workload with
        {
            Spec = workload.Spec with { Template = workload.Spec.Template with { Process = new() { Command = "web" }, Image = "web:1", Container = new() { Privileged = true } } },
        });
        Assert.Equal("bare/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_ClusterDraining_MovesItsReplicas()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2).Assign("web", "eu", "n1", 2);
        world.Change("eu", spec => spec with { Draining = true });
        Assert.Equal("us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_ClusterNoLongerRegistered_MovesItsReplicas()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2).Assign("web", "eu", "n1", 2);
        world.Clusters.RemoveAll(c => c.Metadata.Name == "eu");
        Assert.Equal("us/n1=2", world.Place("web"));
    }

    [Theory]
    [InlineData(VerdictState.Suspect)]
    [InlineData(VerdictState.Unknown)]
    [InlineData(VerdictState.NotReady)]
    public void Compute_NodeNotReady_KeepsWhatRunsAndTakesNothingNew(VerdictState state)
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 3).Assign("web", "eu", "n1", 1);
        world.Verdict("eu", "n1", state);
        Assert.Equal("eu/n1=1 us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_HealthKnowsNothing_MovesNothing()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 3).Assign("web", "eu", "n1", 1).Assign("web", "us", "n1", 1);
        world.Verdicts.Clear();
        world.Nodes.Clear();
        Assert.Equal("eu/n1=1 us/n1=1 (1 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_LossNoLongerTolerated_MovesOnlyThatWorkload()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2).Workload("api", 1).Assign("web", "eu", "n1", 2).Assign("api", "eu", "n1", 1);
        world.Lose("eu", "web");
        Assert.Equal("us/n1=2", world.Place("web"));
        Assert.Equal("eu/n1=1", world.Place("api"));
    }

    [Fact]
    public void Compute_OneNodeOfANativeClusterLost_UsesTheOther()
    {
        World world = new World().Cluster("eu", nodes: 2).Workload("web", 2).Assign("web", "eu", "n1", 1).Assign("web", "eu", "n2", 1);
        world.Verdict("eu", "n1", VerdictState.NotReady).Verdict("eu", null, VerdictState.NotReady);
        world.Ended.Add(new ToleratedLoss(World.Key("web"), new("eu"), new NodeId("n1")));
        Assert.Equal("eu/n2=2", world.Place("web"));
    }

    [Fact]
    public void Compute_LostClusterReturns_DoesNotMoveBack()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2)
            .Assign("web", "eu", "n1", 2, AssignmentState.Unreachable).Assign("web", "us", "n1", 2);
        Assert.Equal("us/n1=2", world.Place("web"));
    }

    [Theory]
    [InlineData(LabelOperator.In, "eu", "eu")]
    [InlineData(LabelOperator.NotIn, "eu", "bare us")]
    [InlineData(LabelOperator.Exists, null, "eu us")]
    [InlineData(LabelOperator.DoesNotExist, null, "bare")]
    public void Compute_Affinity_AllowsTheClustersThatMeetTheTerm(LabelOperator test, string? value, string clusters)
    {
        World world = new World().Cluster("eu", labels: "region=eu").Cluster("us", labels: "region=us").Cluster("bare")
            .Workload("web", 9, new PlacementPolicySpec { Affinity = [new LabelTerm { Key = "region", Operator = test, Values = value is null ? null : [value] }] });
        Assert.Equal(clusters, string.Join(' ', world.Plan().Bindings[0].Shares.Select(s => s.Cluster.Value)));
    }

    [Fact]
    public void Compute_AffinityOverNameAndKind_ReadsTheSyntheticLabels()
    {
        World world = new World().Cluster("eu").Cluster("us").Cluster("swarm", kind: ClusterKind.Swarm)
            .Workload("byname", 1, Policy.Only("federation/cluster", "us")).Workload("bykind", 1, Policy.Only("federation/kind", "swarm"));
        Assert.Equal("us/n1=1", world.Place("byname"));
        Assert.Equal("swarm=1", world.Place("bykind"));
    }

    [Fact]
    public void Compute_AffinityChanged_MovesWhatNoLongerMeetsIt()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2, Policy.Only("federation/cluster", "us")).Assign("web", "eu", "n1", 1).Assign("web", "us", "n1", 1);
        Assert.Equal("us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_TaintWithoutToleration_NoScheduleKeepsAndNoExecuteMoves()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2).Assign("web", "eu", "n1", 1).Assign("web", "us", "n1", 1);
        world.Change("eu", spec => spec with { Taints = [new Taint { Key = "edge" }] });
        Assert.Equal("eu/n1=1 us/n1=1", world.Place("web"));
        world.Change("eu", spec => spec with { Taints = [new Taint { Key = "edge", Effect = TaintEffect.NoExecute }] });
        Assert.Equal("us/n1=2", world.Place("web"));
    }

    [Theory]
    [InlineData("edge", "yes", true)]
    [InlineData("edge", null, true)]
    [InlineData(null, null, true)]
    [InlineData("edge", "no", false)]
    [InlineData("other", null, false)]
    public void Compute_Toleration_CoversKeyAndValue(string? key, string? value, bool placed)
    {
        World world = new World().Cluster("edge", spec: new ClusterSpec { Taints = [new Taint { Key = "edge", Value = "yes" }] })
            .Workload("web", 1, new PlacementPolicySpec { Tolerations = [new Toleration { Key = key, Value = value }] });
        Assert.Equal(placed ? "edge/n1=1" : "(1 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_TemplateForm_GoesWhereItRuns()
    {
        World world = new World().Cluster("images", capabilities: [Capability.Image]).Cluster("processes", capabilities: [Capability.Process]).Workload("web", 1).Workload("box", 1);
        world.Change("box", w => w with { Spec = w.Spec with { Template = new WorkloadTemplate { Image = "box:1" } } });
        Assert.Equal("processes/n1=1", world.Place("web"));
        Assert.Equal("images/n1=1", world.Place("box"));
    }

    [Fact]
    public void Compute_LimitsSet_NeedTheCapability()
    {
        World world = new World().Cluster("plain", capabilities: [Capability.Process]).Cluster("strict", capabilities: [Capability.Process, Capability.MemoryLimit]).Workload("web", 1);
        world.Change("web", w => w with
        {
            Spec = w.Spec with { Template = w.Spec.Template with { Resources = new ResourceRequirements { MemoryLimit = new MemoryBytes(64 << 20) } } },
        });
        Assert.Equal("strict/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_ForeignUseAndOrdersInFlight_TakeRoom()
    {
        World world = new World().Cluster("eu", cpu: 0).Node("eu", "n2", cpu: 4000, foreign: 1000).Workload("old", 0).Workload("web", 5);
        world.Assign("old", "eu", "n2", 1, AssignmentState.Withdrawn, observed: 0);
        Assert.Equal("eu/n2=2 (3 unplaced)", world.Place("web"));
    }

    // An order was withdrawn, or made less, when nobody had yet seen what it began.
    [Theory]
    [InlineData(AssignmentState.Withdrawn, 0)]
    [InlineData(AssignmentState.Active, 1)]
    public void Compute_OrderNotYetObeyed_TakesTheRoomOfTheOneBefore(AssignmentState state, int replicas)
    {
        World world = new World().Cluster("eu", cpu: 4000).Workload("old", replicas).Workload("web", 5).Assign("old", "eu", "n1", replicas, state, observed: 0);
        world.Assignments[0] = world.Assignments[0] with { MayStillRun = 3 };
        Assert.Equal("eu/n1=1 (4 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_MoreObservedThanOrdered_CountsTheObserved()
    {
        World world = new World().Cluster("eu", cpu: 4000).Workload("old", 1).Workload("web", 5).Assign("old", "eu", "n1", 1, observed: 3);
        Assert.Equal("eu/n1=1 (4 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_WorkloadMadeAgainUnderItsName_DoesNotInheritTheOldShare()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 1, Policy.Only("federation/cluster", "us")).Assign("web", "eu", "n1", 1);
        world.Change("web", w => w with { Uid = "uid-second" });
        Assert.Equal("us/n1=1", world.Place("web"));
    }
}
