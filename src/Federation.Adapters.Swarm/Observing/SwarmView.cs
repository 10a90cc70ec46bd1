using Federation.Engine.Networks;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>A swarm as it was listed: services first, then tasks, so that a service without any has none that is not listed.</summary>
/// <param name="Nodes">Its machines, by id.</param>
/// <param name="Services">All services, also those of others.</param>
/// <param name="Tasks">All tasks that it tells, ended ones too.</param>
/// <param name="Configs">Our configs, by name.</param>
/// <param name="Secrets">Our secrets, by name; empty where none are used.</param>
/// <param name="Networks">Our networks, by name.</param>
/// <param name="ForeignNetworks">The ids of the swarm's other networks, by name.</param>
internal sealed record SwarmView(
    IReadOnlyDictionary<string, SwarmNode> Nodes,
    IReadOnlyList<SwarmService> Services,
    IReadOnlyList<SwarmTask> Tasks,
    IReadOnlyDictionary<string, SwarmFile> Configs,
    IReadOnlyDictionary<string, SwarmFile> Secrets,
    IReadOnlyDictionary<string, NetworkDetails> Networks,
    IReadOnlyDictionary<string, string> ForeignNetworks);
