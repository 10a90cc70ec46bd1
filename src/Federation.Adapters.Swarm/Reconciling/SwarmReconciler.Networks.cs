using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Engine;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Reconciling;

/// <content>The overlay networks of orders.</content>
public sealed partial class SwarmReconciler
{
    // Those that this turn has made, by name, and why one could not be.
    private readonly Dictionary<string, string> _networks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _networkRefusals = new(StringComparer.Ordinal);

    // What cannot be made keeps the orders that need it from starting, and no others.
    private async Task EnsureNetworksAsync(EngineClient manager, string plane, SwarmNames names, List<Share> shares, SwarmView view, CancellationToken cancellationToken)
    {
        _networks.Clear();
        _networkRefusals.Clear();
        foreach (Share share in shares)
        {
            if (share.Order is not { State: AssignmentState.Active, Replicas: > 0 } order) continue;
            foreach (NetworkSpec network in NetworkForm.Make(plane, names, order))
            {
                if (view.Networks.ContainsKey(network.Name) || _networks.ContainsKey(network.Name) || _networkRefusals.ContainsKey(network.Name)) continue;
                try
                {
                    _networks[network.Name] = await manager.CreateNetworkAsync(network, cancellationToken);
                }
                catch (EngineException e) when (e.IsRefusal)
                {
                    _networkRefusals[network.Name] = e.Message;
                }
            }
        }
    }

    // The networks of an order, by id where they are ours; false if one is not as it must be, which is then told.
    private bool TryJoin(string plane, SwarmNames names, Assignment order, SwarmView view, out List<TaskNetwork> networks, out string? refusal)
    {
        Dictionary<string, NetworkSpec> made = NetworkForm.Make(plane, names, order).ToDictionary(static network => network.Name, StringComparer.Ordinal);
        networks = [];
        refusal = null;
        foreach (TaskNetwork joined in NetworkForm.Joined(names, order))
        {
            string? id = joined.Target;
            if (made.TryGetValue(joined.Target, out NetworkSpec? spec))
            {
                NetworkDetails? there = view.Networks.GetValueOrDefault(joined.Target);
                id = there?.Id ?? _networks.GetValueOrDefault(joined.Target);
                if (id is null) refusal = _networkRefusals.TryGetValue(joined.Target, out string? why) ? $"the network {joined.Target} cannot be made: {why}" : $"the network {joined.Target} is not there yet";
                else if (there is not null && spec.DifferenceTo(there) is { } difference)
                    refusal = $"the network {joined.Target} is there, and {difference}, other than this template says: a network of another name, or of none that uses it, can be as it says";
                if (refusal is not null) return false;
            }
            else if (!view.ForeignNetworks.TryGetValue(joined.Target, out id))
            {
                refusal = $"the swarm has no network {joined.Target}: make it, as docker network create --driver overlay does, or leave it out";
                return false;
            }
            networks.Add(joined with { Target = id! });
        }
        return true;
    }
}
