using Federation.Agent.Kubernetes;
using Federation.Agent.Node;
using Microsoft.Extensions.Configuration;

namespace Federation.Services.Tests.Agents;

/// <summary>What an agent is told.</summary>
public sealed class AgentOptionsTests
{
    [Theory]
    [InlineData("node")]
    [InlineData("swarm")]
    [InlineData("kubernetes")]
    public void Read_RightsOnTheMachine_AreOneSettingOfEveryKind_AndNotGivenUnlessAsked(string drives)
    {
        Assert.False(Read(drives, null).MachineRights);
        Assert.True(Read(drives, "true").MachineRights);
        Assert.Contains("Agent__MachineRights is 'yes'", Assert.Throws<InvalidOperationException>(() => Read(drives, "yes")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, PodReach.Probed)]
    [InlineData("probed", PodReach.Probed)]
    [InlineData("address", PodReach.Address)]
    [InlineData("nodePort", PodReach.NodePort)]
    [InlineData("forward", PodReach.Forward)]
    public void Read_HowPodsAreReached_IsOneOfFourWays(string? said, PodReach reach)
    {
        Assert.Equal(reach, Read("kubernetes", null, said).PodReach);
        Assert.Contains("(nodePort)", Assert.Throws<InvalidOperationException>(static () => Read("kubernetes", null, "NodePort")).Message, StringComparison.Ordinal);
    }

    private static AgentOptions Read(string drives, string? rights, string? reach = null) => AgentOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Agent:Cluster"] = "c",
        ["Agent:Node"] = "n",
        ["Agent:StateDirectory"] = "state",
        ["Agent:Drives"] = drives,
        ["Agent:MachineRights"] = rights,
        ["Agent:Kubernetes:Reach"] = reach,
    }).Build());
}
