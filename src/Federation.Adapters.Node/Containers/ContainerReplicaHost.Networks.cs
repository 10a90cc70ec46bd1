using System.Net;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Networks;

namespace Federation.Adapters.Node.Containers;

/// <content>
/// The networks of containers. Workloads of a namespace share one, in which they find each other by name; one that names a network which is not like any other is in that network. Each is made with
/// the first container that needs it, and removed with the last.
/// </content>
public sealed partial class ContainerReplicaHost
{
    // In a network under these names; its gateway is this machine's own address there, where anything outside is reached from it.
    private sealed record JoinedNetwork(string Name, IReadOnlyList<string> Aliases, IPAddress? Gateway);

    // What leads outside comes first: by it ports are published.
    private async Task<IReadOnlyList<JoinedNetwork>> EnsureNetworksAsync(ReplicaRecord record, CancellationToken stop)
    {
        var joined = new List<JoinedNetwork>();
        await _networks.WaitAsync(stop);
        try
        {
            foreach ((NetworkSpec spec, IEnumerable<string> aliases) in NetworksOf(record).OrderBy(static network => network.Spec.Internal == true))
            {
                NetworkDetails network = await EnsureNetworkAsync(spec, stop);
                joined.Add(new JoinedNetwork(spec.Name, Named(record, aliases), NetworkGateway.Of(network)));
            }
            foreach (NetworkAttachment foreign in TemplateNetworks.Foreign(record.Template))
            {
                try
                {
                    await _engine.InspectNetworkAsync(foreign.Name, stop);
                }
                catch (EngineException e) when (e.IsNotFound)
                {
                    throw new IOException($"the engine has no network {foreign.Name}: make it, as docker network create does, or leave it out");
                }
                joined.Insert(joined.FindLastIndex(static network => network.Gateway is not null) + 1, new JoinedNetwork(foreign.Name, Named(record, foreign.Aliases ?? []), null));
            }
        }
        finally
        {
            _networks.Release();
        }
        return joined;
    }

    private async Task<NetworkDetails> EnsureNetworkAsync(NetworkSpec spec, CancellationToken stop)
    {
        NetworkDetails? network = await FindNetworkAsync(spec.Name, stop);
        if (network is null)
        {
            await _engine.CreateNetworkAsync(spec, stop);
            network = await _engine.InspectNetworkAsync(spec.Name, stop);
        }
        if (network.Labels.GetValueOrDefault(ContainerLabels.Node) != _node) throw new IOException($"there is a network {spec.Name} that is not this agent's: it is left alone, and nothing is started in it");
        if (spec.DifferenceTo(network) is { } difference) throw new IOException($"the network {spec.Name} is there, and {difference}, other than this template says: a network of another name, or of none that uses it, can be as it says");
        return network;
    }

    private async Task RemoveEmptyNetworksAsync(ReplicaRecord record, CancellationToken stop)
    {
        await _networks.WaitAsync(stop);
        try
        {
            HashSet<string> needed;
            lock (_gate) needed = [.. _hosted.Values.Where(other => other.Record.Id != record.Id).SelectMany(other => NetworksOf(other.Record)).Select(static network => network.Spec.Name)];
            foreach ((NetworkSpec spec, _) in NetworksOf(record))
                if (!needed.Contains(spec.Name)) await RemoveNetworkAsync(spec.Name, stop);
        }
        finally
        {
            _networks.Release();
        }
    }

    private async Task RemoveNetworkAsync(string name, CancellationToken stop)
    {
        try
        {
            if (await FindNetworkAsync(name, stop) is not { } network || network.Labels.GetValueOrDefault(ContainerLabels.Node) != _node) return;
            // While this machine still has its address there.
            IPAddress? gateway = NetworkGateway.Of(network);
            await _engine.RemoveNetworkAsync(network.Id, stop);
            if (gateway is not null) _relay?.Close(gateway);
        }
        catch (EngineException e) when (e.Status is not null)
        {
            // It is gone, or someone else's container is in it: then it stays.
        }
    }

    // Those that are this agent's to make.
    private IEnumerable<(NetworkSpec Spec, IEnumerable<string> Aliases)> NetworksOf(ReplicaRecord record)
    {
        (string tenant, string room) = (record.Workload.Tenant.Value, record.Workload.Namespace);
        IReadOnlyDictionary<string, string> labels = ContainerLabels.Of(_node, _options.Plane?.Invoke(), record);
        if (TemplateNetworks.ShareOne(record.Template))
            yield return (new NetworkSpec { Name = EngineNames.Network(_node, tenant, room), Labels = labels }, TemplateNetworks.SharedNames(record.Template));
        foreach (NetworkAttachment own in TemplateNetworks.Own(record.Template))
        {
            var marked = new Dictionary<string, string>(labels, StringComparer.Ordinal);
            foreach ((string key, string value) in own.Labels ?? new Dictionary<string, string>()) marked.TryAdd(key, value);
            yield return (new NetworkSpec
            {
                Name = EngineNames.Network(_node, tenant, room, own.Name),
                Options = own.DriverOptions is { Count: > 0 } ? own.DriverOptions : null,
                Internal = own.Internal ? true : null,
                Attachable = own.Attachable ? true : null,
                EnableIPv6 = own.Ipv6 ? true : null,
                IPAM = own.Ranges is { Count: > 0 } ranges
                    ? new AddressManagement([.. ranges.Select(static range => new Engine.Networks.AddressRange(range.Subnet, range.Gateway) { Pool = range.Pool, Reserved = range.Reserved })]) { Driver = own.AddressDriver, Options = own.AddressOptions }
                    : null,
                Labels = marked,
            }, own.Aliases ?? []);
        }
    }

    private async Task<NetworkDetails?> FindNetworkAsync(string name, CancellationToken stop)
    {
        try
        {
            return await _engine.InspectNetworkAsync(name, stop);
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    // Where the replica calls other workloads through, which is open from then on; null if it does not call them.
    private Uri? OpenMesh(ReplicaRecord record, IPAddress gateway)
    {
        Uri? proxy = _options.Proxy?.Invoke(record, gateway);
        if (proxy is not null) _relay?.Open(gateway);
        return proxy;
    }

    // As it was told when it was made: by the first network of ours that leads outside.
    private IPAddress? GatewayOf(ReplicaRecord record, ContainerDetails details)
    {
        string? first = NetworksOf(record).FirstOrDefault(static network => network.Spec.Internal != true).Spec?.Name;
        return first is not null && details.NetworkSettings?.Networks?.GetValueOrDefault(first)?.Gateway is { } text && IPAddress.TryParse(text, out IPAddress? gateway) ? gateway : null;
    }

    private static string[] Named(ReplicaRecord record, IEnumerable<string> aliases) => [.. aliases.Prepend(record.Workload.Name).Distinct(StringComparer.Ordinal)];
}
