using Federation.Adapters.Node.Processes;

namespace Federation.Adapters.Node.Tests.Processes;

/// <summary>Whether root is root enough to give tenants users of their own.</summary>
public sealed class UserRightsTests
{
    private const string Whole = "         0          0 4294967295\n";

    [Theory]
    // All capabilities, those of root in a container as Docker starts it, and none of them.
    [InlineData("000001ffffffffff", Whole, null)]
    [InlineData("00000000a80425fb", Whole, null)]
    [InlineData("0000000000000000", Whole, "CHOWN")]
    [InlineData("00000000a80424fb", Whole, "SETPCAP")]
    // Rootless engines and unprivileged containers.
    [InlineData("000001ffffffffff", "         0       1000          1\n         1     100000      65536\n", "no user ids from 1000000000")]
    [InlineData("000001ffffffffff", "0 100000 1000000999\n", "no user ids from 1000000000")]
    [InlineData("000001ffffffffff", "0 100000 1000001000\n", null)]
    public void Lack_OfRootHereAndThere_SaysWhatStandsInTheWay(string rights, string map, string? part)
    {
        string? lack = UserRights.Lack($"Name:\tagent\nCapPrm:\t0000000000000000\nCapEff:\t{rights}\n", map, 1_000_000_000, 1000);
        if (part is null) Assert.Null(lack);
        else Assert.Contains(part, lack, StringComparison.Ordinal);
    }
}
