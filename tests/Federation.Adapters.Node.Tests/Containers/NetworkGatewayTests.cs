using System.Net;
using Federation.Adapters.Node.Containers;
using Federation.Engine.Networks;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>Where containers reach their machine, by what engines tell of a network.</summary>
public sealed class NetworkGatewayTests
{
    [Theory]
    [InlineData("172.18.0.0/16=172.18.0.1", "", "172.18.0.1")]
    [InlineData("172.18.0.0/16=172.18.0.1/16", "", "172.18.0.1")]
    [InlineData("fd00:1::/64=fd00:1::1,172.18.0.0/16=172.18.0.9", "", "172.18.0.9")]
    [InlineData("10.77.6.0/24", "192.168.1.7,10.77.6.129", "10.77.6.129")]
    [InlineData("10.77.6.0/24=", "192.168.1.7", "10.77.6.1")]
    [InlineData("fd00:1::/64,10.77.6.0/24", "", "10.77.6.1")]
    [InlineData("fd00:1::/64=fd00:1::1", "192.168.1.7", null)]
    [InlineData("", "192.168.1.7", null)]
    public void Of_WhatIsToldOfANetwork_IsTheMachinesAddressThere(string ranges, string machine, string? gateway) =>
        Assert.Equal(gateway, NetworkGateway.Of(Network(ranges), () => Parts(machine).Select(IPAddress.Parse))?.ToString());

    [Fact]
    public void Of_AClosedNetwork_IsNone() => Assert.Null(NetworkGateway.Of(Network("10.77.6.0/24=10.77.6.1") with { Internal = true }, static () => []));

    private static NetworkDetails Network(string ranges) => new()
    {
        Id = "n",
        IPAM = new AddressManagement([.. Parts(ranges).Select(static range => range.Split('=')).Select(static range => new AddressRange(range[0], range.ElementAtOrDefault(1)))]),
    };

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
