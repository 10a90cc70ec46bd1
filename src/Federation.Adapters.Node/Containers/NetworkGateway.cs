using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Federation.Engine.Networks;

namespace Federation.Adapters.Node.Containers;

/// <summary>This machine's own address in a network of containers, by which they reach what is outside.</summary>
internal static class NetworkGateway
{
    /// <summary>The address; null where nothing outside is reached, or by version 6 alone.</summary>
    public static IPAddress? Of(NetworkDetails network) => Of(network, MachineAddresses);

    /// <summary>The address, among those that the machine has.</summary>
    public static IPAddress? Of(NetworkDetails network, Func<IEnumerable<IPAddress>> machine)
    {
        if (network.Internal) return null;
        IReadOnlyList<AddressRange> ranges = network.IPAM?.Config ?? [];
        foreach (AddressRange range in ranges)
            if (IPAddress.TryParse(range.Gateway?.Split('/')[0], out IPAddress? gateway) && gateway.AddressFamily == AddressFamily.InterNetwork) return gateway;
        // Of a range that came without one, engines tell none, though they give themselves an address there: which, the machine knows.
        IPNetwork[] subnets = [.. ranges.Select(static range => IPNetwork.TryParse(range.Subnet, out IPNetwork subnet) ? subnet : default).Where(static subnet => subnet.BaseAddress.AddressFamily == AddressFamily.InterNetwork && subnet.PrefixLength > 0)];
        if (subnets.Length == 0) return null;
        return machine().FirstOrDefault(address => subnets.Any(subnet => subnet.Contains(address))) ?? FirstOf(subnets[0]);
    }

    private static IEnumerable<IPAddress> MachineAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(static one => one.GetIPProperties().UnicastAddresses).Select(static address => address.Address).Where(static address => address.AddressFamily == AddressFamily.InterNetwork);

    private static IPAddress FirstOf(IPNetwork subnet)
    {
        byte[] address = subnet.BaseAddress.GetAddressBytes();
        address[^1]++;
        return new IPAddress(address);
    }
}
