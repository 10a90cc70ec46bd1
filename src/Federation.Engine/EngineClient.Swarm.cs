using System.Globalization;
using System.Runtime.CompilerServices;
using Federation.Engine.Containers;
using Federation.Engine.Images;
using Federation.Engine.Networks;
using Federation.Engine.Streams;
using Federation.Engine.Swarm;

namespace Federation.Engine;

/// <summary>A swarm is asked through any of its managers. Writes name the version that was read, and are refused if it is no longer the newest.</summary>
public sealed partial class EngineClient
{
    /// <summary>Begins a swarm with this engine as its manager; tells the machine's id in it.</summary>
    public Task<string> InitSwarmAsync(SwarmStart start, CancellationToken cancellationToken) =>
        PostAsync("swarm/init", start, EngineJson.Default.SwarmStart, EngineJson.Default.String, cancellationToken);

    /// <summary>Has this engine join a swarm.</summary>
    public async Task JoinSwarmAsync(SwarmJoin join, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, "swarm/join", Json(join, EngineJson.Default.SwarmJoin), cancellationToken);
    }

    /// <summary>Has this engine leave its swarm; a manager only by force.</summary>
    public Task LeaveSwarmAsync(bool force, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"swarm/leave?force={(force ? "true" : "false")}", cancellationToken);

    /// <summary>Describes the swarm.</summary>
    public Task<SwarmDetails> InspectSwarmAsync(CancellationToken cancellationToken) => GetAsync("swarm", EngineJson.Default.SwarmDetails, cancellationToken);

    /// <summary>Lists the swarm's machines.</summary>
    public async Task<IReadOnlyList<SwarmNode>> ListNodesAsync(CancellationToken cancellationToken) => await ListAsync("nodes", EngineJson.Default.SwarmNodeArray, cancellationToken);

    /// <summary>Changes a machine's labels, part or availability.</summary>
    public Task UpdateNodeAsync(string node, ObjectVersion version, SwarmNodeSpec spec, CancellationToken cancellationToken) =>
        UpdateAsync($"nodes/{Escape(node)}", version, Json(spec, EngineJson.Default.SwarmNodeSpec), cancellationToken);

    /// <summary>Lists services.</summary>
    /// <param name="filters">Such as <c>label</c> and <c>name=value</c>; all must hold.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<SwarmService>> ListServicesAsync((string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        await ListAsync($"services?filters={Filters(filters)}", EngineJson.Default.SwarmServiceArray, cancellationToken);

    /// <summary>Describes a service.</summary>
    public Task<SwarmService> InspectServiceAsync(string service, CancellationToken cancellationToken) =>
        GetAsync($"services/{Escape(service)}", EngineJson.Default.SwarmService, cancellationToken);

    /// <summary>Makes a service; a conflict if there is one of that name.</summary>
    /// <param name="spec">What it is to be.</param>
    /// <param name="credentials">For its image's registry, which every machine is then told; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ObjectCreated> CreateServiceAsync(ServiceSpec spec, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = await RequestAsync(HttpMethod.Post, "services/create", Json(spec, EngineJson.Default.ServiceSpec), cancellationToken);
        AddCredentials(request, credentials);
        using HttpResponseMessage reply = await SendAsync(_http, request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await ReadAsync(reply, EngineJson.Default.ObjectCreated, cancellationToken);
    }

    /// <summary>Changes a service: all of its spec.</summary>
    /// <exception cref="EngineException">It was changed since that version was read (<see cref="EngineException.IsOutOfSequence"/>), or the change is refused.</exception>
    public async Task UpdateServiceAsync(string service, ObjectVersion version, ServiceSpec spec, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        // Without new credentials those of the present spec go on: the machines would otherwise be left without any.
        string from = credentials is null ? "&registryAuthFrom=spec" : "";
        HttpRequestMessage request = await RequestAsync(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"services/{Escape(service)}/update?version={version.Index}{from}"), Json(spec, EngineJson.Default.ServiceSpec), cancellationToken);
        AddCredentials(request, credentials);
        using HttpResponseMessage reply = await SendAsync(_http, request, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    /// <summary>Removes a service; its tasks end afterwards, and are listed until they have.</summary>
    public Task RemoveServiceAsync(string service, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"services/{Escape(service)}", cancellationToken);

    /// <summary>Lists tasks, ended ones included as far as the swarm keeps them.</summary>
    /// <param name="filters">Such as <c>service</c> and <c>node</c>; all must hold.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<SwarmTask>> ListTasksAsync((string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        await ListAsync($"tasks?filters={Filters(filters)}", EngineJson.Default.SwarmTaskArray, cancellationToken);

    /// <summary>A task's output, piece by piece, from whichever machine it runs on.</summary>
    /// <param name="task">Whose.</param>
    /// <param name="request">Which.</param>
    /// <param name="tty">Whether its container has a terminal: then pieces begin and end anywhere.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<OutputPiece> TaskLogsAsync(string task, LogRequest request, bool tty, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = $"tasks/{Escape(task)}/logs?stdout=true&stderr=true&follow={(request.Follow ? "true" : "false")}&timestamps={(request.Timestamps ? "true" : "false")}";
        if (request.Since is { } since) path += "&since=" + Timestamp(since);
        if (request.Tail is { } tail) path += "&tail=" + tail.ToString(CultureInfo.InvariantCulture);
        using HttpResponseMessage reply = await OpenAsync(await RequestAsync(HttpMethod.Get, path, null, cancellationToken), cancellationToken);
        using Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (OutputPiece piece in OutputReader.ReadAsync(stream, tty, cancellationToken)) yield return piece;
    }

    /// <summary>Lists secrets; their content is never told.</summary>
    public async Task<IReadOnlyList<SwarmFile>> ListSecretsAsync((string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        await ListAsync($"secrets?filters={Filters(filters)}", EngineJson.Default.SwarmFileArray, cancellationToken);

    /// <summary>Makes a secret; a conflict if there is one of that name.</summary>
    public Task<ObjectCreated> CreateSecretAsync(FileSpec spec, CancellationToken cancellationToken) =>
        PostAsync("secrets/create", spec, EngineJson.Default.FileSpec, EngineJson.Default.ObjectCreated, cancellationToken);

    /// <summary>Removes a secret; refused while a service uses it.</summary>
    public Task RemoveSecretAsync(string secret, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"secrets/{Escape(secret)}", cancellationToken);

    /// <summary>Lists configs.</summary>
    public async Task<IReadOnlyList<SwarmFile>> ListConfigsAsync((string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        await ListAsync($"configs?filters={Filters(filters)}", EngineJson.Default.SwarmFileArray, cancellationToken);

    /// <summary>Makes a config; a conflict if there is one of that name.</summary>
    public Task<ObjectCreated> CreateConfigAsync(FileSpec spec, CancellationToken cancellationToken) =>
        PostAsync("configs/create", spec, EngineJson.Default.FileSpec, EngineJson.Default.ObjectCreated, cancellationToken);

    /// <summary>Changes a config's labels: nothing else of it can change.</summary>
    public Task UpdateConfigAsync(string config, ObjectVersion version, FileSpec spec, CancellationToken cancellationToken) =>
        UpdateAsync($"configs/{Escape(config)}", version, Json(spec, EngineJson.Default.FileSpec), cancellationToken);

    /// <summary>Removes a config; refused while a service uses it.</summary>
    public Task RemoveConfigAsync(string config, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"configs/{Escape(config)}", cancellationToken);

    /// <summary>Lists networks.</summary>
    public async Task<IReadOnlyList<NetworkDetails>> ListNetworksAsync((string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        await ListAsync($"networks?filters={Filters(filters)}", EngineJson.Default.NetworkDetailsArray, cancellationToken);

    private async Task UpdateAsync(string path, ObjectVersion version, HttpContent body, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{path}/update?version={version.Index}"), body, cancellationToken);
    }
}
