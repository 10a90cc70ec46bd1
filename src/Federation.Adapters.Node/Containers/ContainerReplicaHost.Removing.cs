using Federation.Domain.Identifiers;
using Federation.Engine;
using Federation.Engine.Containers;

namespace Federation.Adapters.Node.Containers;

/// <content>
/// What is removed is this agent's own: containers by their names and labels, and networks when their last containers have gone.
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
        if (hosted is not null) await RemoveEmptyNetworksAsync(hosted.Record, stop);
    }
}
