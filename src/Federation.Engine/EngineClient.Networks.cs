using Federation.Engine.Containers;
using Federation.Engine.Networks;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    /// <summary>Makes a network and tells its id; a conflict if there is one of that name.</summary>
    public async Task<string> CreateNetworkAsync(NetworkSpec spec, CancellationToken cancellationToken) =>
        (await PostAsync("networks/create", spec, EngineJson.Default.NetworkSpec, EngineJson.Default.NetworkCreated, cancellationToken)).Id;

    /// <summary>Describes a network.</summary>
    public Task<NetworkDetails> InspectNetworkAsync(string network, CancellationToken cancellationToken) =>
        GetAsync($"networks/{Escape(network)}", EngineJson.Default.NetworkDetails, cancellationToken);

    /// <summary>Has a container in one more network, under further names.</summary>
    public async Task ConnectNetworkAsync(string network, string container, EndpointConfig endpoint, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, $"networks/{Escape(network)}/connect", Json(new NetworkJoin(container, endpoint), EngineJson.Default.NetworkJoin), cancellationToken);
    }

    /// <summary>Removes a network; refused while a container is in it.</summary>
    public Task RemoveNetworkAsync(string network, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"networks/{Escape(network)}", cancellationToken);
}
