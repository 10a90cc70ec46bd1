using System.Net;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Networks;

namespace Federation.Adapters.Node.Containers;

/// <content>
/// What is removed is this agent's own: containers by their names and labels, and the network of a namespace when its last container has gone.
/// </content>
public sealed partial class ContainerReplicaHost
{
    private async Task RemoveOursAsync(string name, CancellationToken stop)
    {
        try
        {
            ContainerDetails details = await _engine.InspectContainerAsync(name, stop);
            if (details.Config?.Labels?.GetValueOrDefault(ContainerLabels.Node) != _node) throw new IOException($"there is a container {name} that is not this agent's: it is left alone, and nothing is started in its place");
            await _engine.RemoveContainerAsync(details.Id, force: true, stop);
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            // As it should be.
        }
        catch (EngineException e) when (e.IsConflict)
        {
            // The engine is at it already: it is gone when a container of its name can be made.
            throw new EngineException($"its earlier container is still being removed: {e.Message}", e);
        }
    }

    private async Task<bool> ConfirmGoneAsync(HostedContainer hosted)
    {
        while (true)
        {
            try
            {
                await RemoveOursAsync(hosted.Name, _ending.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            catch (EngineException e)
            {
                Silent(e.Message);
            }
            catch (IOException)
            {
                // A container that is not ours: so there is none of ours.
                return true;
            }
            try
            {
                await Task.Delay(_options.LookAgain, _time, _ending.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private async Task RemoveContainerAsync(ReplicaId replica, HostedContainer? hosted)
    {
        CancellationToken stop = _ending.Token;
        await Task.Yield();
        await DrainAsync(hosted, stop);
        await RemoveOursAsync(EngineNames.Container(_node, replica.Value), stop);
        if (hosted is not null) await RemoveEmptyNetworkAsync(hosted.Record, stop);
    }

    private async Task RemoveEmptyNetworkAsync(ReplicaRecord record, CancellationToken stop)
    {
        string name = EngineNames.Network(_node, record.Workload.Tenant.Value, record.Workload.Namespace);
        await _networks.WaitAsync(stop);
        try
        {
            lock (_gate)
            {
                if (_hosted.Values.Any(other => other.Record.Id != record.Id && other.Record.Workload.Tenant == record.Workload.Tenant && other.Record.Workload.Namespace == record.Workload.Namespace)) return;
            }
            NetworkDetails network = await _engine.InspectNetworkAsync(name, stop);
            if (network.Labels.GetValueOrDefault(ContainerLabels.Node) != _node) return;
            await _engine.RemoveNetworkAsync(network.Id, stop);
            if (_relay is not null && IPAddress.TryParse(network.IPAM?.Config?.FirstOrDefault()?.Gateway?.Split('/')[0], out IPAddress? gateway)) _relay.Close(gateway);
        }
        catch (EngineException e) when (e.Status is not null)
        {
            // It is gone, or someone else's container is in it: then it stays.
        }
        finally
        {
            _networks.Release();
        }
    }
}
