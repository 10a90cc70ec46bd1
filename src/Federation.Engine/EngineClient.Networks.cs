using Federation.Engine.Networks;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    /// <summary>Makes a network; a conflict if there is one of that name.</summary>
    public Task CreateNetworkAsync(NetworkSpec spec, CancellationToken cancellationToken) =>
        PostAsync("networks/create", spec, EngineJson.Default.NetworkSpec, EngineJson.Default.NetworkDetails, cancellationToken);

    /// <summary>Describes a network.</summary>
    public Task<NetworkDetails> InspectNetworkAsync(string network, CancellationToken cancellationToken) =>
        GetAsync($"networks/{Escape(network)}", EngineJson.Default.NetworkDetails, cancellationToken);

    /// <summary>Removes a network; refused while a container is in it.</summary>
    public Task RemoveNetworkAsync(string network, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"networks/{Escape(network)}", cancellationToken);
}
