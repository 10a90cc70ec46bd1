using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Domain.Tests;

/// <summary>What a template asks of a cluster, and which of that is a right on the machine.</summary>
public class ContainerNeedsTests
{
    [Fact]
    public void Hardening_IsNoRight()
    {
        WorkloadTemplate hardened = Template(new ContainerTemplate
        {
            CapDrop = ["ALL"],
            CapAdd = ["NET_BIND_SERVICE", "cap_chown", "Cap_SetUid"],
            SecurityOptions = ["no-new-privileges:true"],
            ReadOnly = true,
        });
        Assert.Equal([Capability.UsualCapabilities, Capability.NoNewPrivileges, Capability.ReadOnlyRoot], ContainerNeeds.Of(hardened));
        Assert.DoesNotContain(ContainerNeeds.Of(hardened), OfferedCapabilities.IsRight);
        foreach (CapabilityOffer kind in Kinds) Assert.Empty(ContainerNeeds.Of(hardened).Except(kind.Under(machineRights: false)));
    }

    [Theory]
    [InlineData("SYS_ADMIN")]
    [InlineData("cap_net_admin")]
    [InlineData("NET_RAW")]
    [InlineData("ALL")]
    [InlineData("all")]
    [InlineData("CAP_ALL")]
    [InlineData("NET_BIND_SERVICE ")]
    public void Capability_BeyondTheUsual_IsARight(string name)
    {
        Assert.Equal([Capability.LinuxCapabilities], ContainerNeeds.Of(Template(new ContainerTemplate { CapAdd = [name] })));
        Assert.Equal([Capability.UsualCapabilities, Capability.LinuxCapabilities], ContainerNeeds.Of(Template(new ContainerTemplate { CapAdd = ["CHOWN", name] })));
    }

    [Theory]
    [InlineData("no-new-privileges", true)]
    [InlineData("no-new-privileges:true", true)]
    [InlineData("no-new-privileges=1", true)]
    [InlineData("no-new-privileges:false", false)]
    [InlineData("no-new-privileges:yes", false)]
    [InlineData("no-new-privileges:", false)]
    [InlineData("no-new-privileges-not", false)]
    [InlineData("No-New-Privileges", false)]
    [InlineData("no-new-privileges:true=false", false)]
    [InlineData("seccomp=unconfined", false)]
    [InlineData("apparmor:unconfined", false)]
    [InlineData("label=disable", false)]
    [InlineData("systempaths=unconfined", false)]
    public void SecurityOption_IsARight_ButForThatWhichTakesRightsAway(string option, bool hardens)
    {
        Assert.Equal([hardens ? Capability.NoNewPrivileges : Capability.Confinement], ContainerNeeds.Of(Template(new ContainerTemplate { SecurityOptions = [option] })));
        if (!hardens) Assert.Equal([Capability.NoNewPrivileges, Capability.Confinement], ContainerNeeds.Of(Template(new ContainerTemplate { SecurityOptions = [SecurityOption.NoNewPrivileges, option] })));
    }

    [Theory]
    [InlineData(null, "max-size", false)]
    [InlineData("json-file", "max-file", false)]
    [InlineData("local", null, false)]
    [InlineData("none", null, false)]
    [InlineData("syslog", null, true)]
    [InlineData("some/plugin:1", null, true)]
    [InlineData(null, "syslog-address", true)]
    public void LogDriver_ThatCallsSomebody_IsARight(string? driver, string? option, bool right)
    {
        var logging = new LogDriver { Driver = driver, Options = option is null ? null : new Dictionary<string, string> { [option] = "x" } };
        Assert.Equal(right ? [Capability.LogDrivers] : Array.Empty<string>(), ContainerNeeds.Of(Template(new ContainerTemplate { Logging = logging })));
    }

    [Theory]
    [InlineData("pod.spec.hostNetwork", "true")]
    [InlineData("pod.spec.hostPID", "true")]
    [InlineData("pod.spec.hostIPC", "true")]
    [InlineData("container.securityContext.privileged", "true")]
    [InlineData("container.securityContext", """{"privileged":true}""")]
    [InlineData("container.securityContext.procMount", "\"Unmasked\"")]
    [InlineData("container.securityContext.capabilities", """{"add":["NET_BIND_SERVICE","SYS_PTRACE"]}""")]
    [InlineData("container.securityContext.capabilities.add", """["ALL"]""")]
    [InlineData("container.securityContext.capabilities.add[]", "\"SYS_ADMIN\"")]
    [InlineData("pod.spec.securityContext.seccompProfile", """{"type":"Unconfined"}""")]
    [InlineData("container.securityContext.seccompProfile.type", "\"Unconfined\"")]
    [InlineData("container.securityContext.appArmorProfile", """{"type":"Unconfined"}""")]
    [InlineData("container.securityContext.seLinuxOptions.type", "\"spc_t\"")]
    [InlineData("pod.spec.securityContext.seLinuxOptions", """{"user":"system_u"}""")]
    [InlineData("container.securityContext.windowsOptions", """{"hostProcess":true}""")]
    [InlineData("pod.spec.volumes", """[{"name":"a","emptyDir":{}},{"name":"b","hostPath":{"path":"/"}}]""")]
    [InlineData("pod.spec.volumes[]", """{"name":"b","hostPath":{"path":"/"}}""")]
    [InlineData("pod.spec.volumes", """[{"name":"b","nfs":{"server":"s","path":"/"}}]""")]
    [InlineData("pod.spec.volumes", """[{"name":"b","ofAVersionToCome":{}}]""")]
    [InlineData("pod.spec.containers", """[{"name":"side","securityContext":{"privileged":true}}]""")]
    [InlineData("pod.spec.initContainers", """[{"name":"first","securityContext":{"capabilities":{"add":["NET_ADMIN"]}}}]""")]
    [InlineData("pod.spec.ephemeralContainers", """[{"name":"later","securityContext":{"privileged":true}}]""")]
    [InlineData("container.livenessProbe", """{"httpGet":{"host":"127.0.0.1","port":10250}}""")]
    [InlineData("container.lifecycle.postStart.tcpSocket.host", "\"169.254.169.254\"")]
    [InlineData("pod.spec.runtimeClassName", "\"other\"")]
    [InlineData("pod.metadata.annotations", """{"container.apparmor.security.beta.kubernetes.io/main":"unconfined"}""")]
    public void KubernetesField_ThatReachesTheMachine_IsARightWhereverItStands(string path, string value)
    {
        var field = new Dictionary<string, string> { [path] = value };
        Assert.Equal([Capability.KubernetesFields, Capability.KubernetesRights], ContainerNeeds.Of(Template(new ContainerTemplate { Kubernetes = new KubernetesFields { Needed = field } })));
        Assert.Equal([Capability.KubernetesRights], ContainerNeeds.Of(Template(new ContainerTemplate { Kubernetes = new KubernetesFields { Extra = field } })));
    }

    [Theory]
    [InlineData("pod.spec.hostNetwork", "false")]
    [InlineData("pod.spec.hostUsers", "false")]
    [InlineData("container.securityContext", """{"privileged":false,"procMount":"Default","capabilities":{"drop":["ALL"],"add":["CAP_NET_BIND_SERVICE"]},"seccompProfile":{"type":"RuntimeDefault"},"seLinuxOptions":{"type":"container_t","level":"s0:c1"}}""")]
    [InlineData("pod.spec.volumes", """[{"name":"a","emptyDir":{}},{"name":"b","configMap":{"name":"c"}},{"name":"d","projected":{"sources":[]}},{"name":"e","persistentVolumeClaim":{"claimName":"f"}}]""")]
    [InlineData("pod.spec.containers", """[{"name":"side","image":"b:1","env":[{"name":"hostPath","value":"privileged"}],"ports":[{"containerPort":80}]}]""")]
    [InlineData("pod.spec.nodeSelector", """{"privileged":"true"}""")]
    [InlineData("container.livenessProbe", """{"httpGet":{"path":"/","port":80}}""")]
    [InlineData("pod.metadata.annotations", """{"container.apparmor.security.beta.kubernetes.io/main":"runtime/default","hostPath":"x"}""")]
    [InlineData("container.securityContext", "no json")]
    public void KubernetesField_ThatStaysInItsPod_IsNone(string path, string value) =>
        Assert.DoesNotContain(Capability.KubernetesRights, ContainerNeeds.Of(Template(new ContainerTemplate { Kubernetes = new KubernetesFields { Extra = new Dictionary<string, string> { [path] = value } } })));

    [Fact]
    public void Annotation_ThatLoosensAProfile_IsARight() => Assert.Equal([Capability.KubernetesRights], ContainerNeeds.Of(new WorkloadTemplate
    {
        Image = "a:1",
        Annotations = new Dictionary<string, string> { ["container.apparmor.security.beta.kubernetes.io/main"] = "unconfined" },
    }));

    [Fact]
    public void Offer_WithoutTheOwnersWord_HasNoRight_AndIsOfNeedsAlone()
    {
        string[] needs = [.. ContainerNeeds.All.Select(static need => need.Capability)];
        foreach (CapabilityOffer kind in Kinds)
        {
            Assert.Empty(kind.Under(machineRights: true).Except(needs));
            Assert.Empty(kind.Always.Intersect(kind.Rights));
            Assert.Empty(kind.Under(machineRights: false).Intersect(kind.Rights));
        }
        // None is a right on one kind of machine and free on another, but for what Kubernetes does not obey.
        Assert.Equal([Capability.LogDrivers], Kinds.SelectMany(static kind => kind.Always).Where(OfferedCapabilities.IsRight).Distinct());
    }

    [Fact]
    public void MissingIn_CountsWhatItRunsAs()
    {
        WorkloadTemplate both = Template(new ContainerTemplate { Privileged = true }) with { Process = new ProcessTemplate { Command = "web" }, Resources = new ResourceRequirements { MemoryLimit = new(1 << 20) }, Volumes = [new VolumeReference { Name = "data" }] };
        Assert.Equal([Capability.MemoryLimit, Capability.Volumes], TemplateNeeds.MissingIn(both, singleton: false, [Capability.Process]));
        Assert.Equal([Capability.CpuLimit, Capability.Fencing, Capability.Privileged], TemplateNeeds.MissingIn(both with { Resources = new ResourceRequirements { CpuLimit = new(100) } }, singleton: true, [Capability.Image, Capability.Volumes]));
        Assert.Empty(TemplateNeeds.MissingIn(both, singleton: true, [Capability.Image, Capability.MemoryLimit, Capability.Volumes, Capability.Fencing, Capability.Privileged]));
        // That it runs in neither form an agent says itself.
        Assert.Empty(TemplateNeeds.MissingIn(new WorkloadTemplate { Image = "a:1" }, singleton: false, []));
    }

    private static CapabilityOffer[] Kinds => [OfferedCapabilities.Engine, OfferedCapabilities.Swarm, OfferedCapabilities.Kubernetes];

    private static WorkloadTemplate Template(ContainerTemplate container) => new() { Image = "a:1", Container = container };
}
