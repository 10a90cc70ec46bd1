using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Client;

/// <summary>One request, and how errors speak of it.</summary>
internal sealed record KubernetesRequest
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Below the server's address, with its query.</summary>
    public required string Path { get; init; }

    /// <summary>Such as <c>apply Deployment web in shop</c>.</summary>
    public required string Saying { get; init; }

    public byte[]? Body { get; init; }

    public string? ContentType { get; init; }

    public string Accept { get; init; } = "application/json";

    /// <summary>The resource in plural; null for none.</summary>
    public string? Resource { get; init; }

    /// <summary>Whether the server asks the pod's node.</summary>
    public bool ReachesNode { get; init; }

    /// <summary>The answer is read by the caller, as it comes.</summary>
    public bool IsStream { get; init; }

    /// <summary>The subprotocols of a WebSocket that the connection is to become.</summary>
    public string? WebSocketProtocols { get; init; }

    public bool Writes => Method != HttpMethod.Get;

    /// <summary>Servers repeat values in their errors.</summary>
    public bool HidesValues => Resource == ApiResource.Secrets.Plural && Writes;

    public static KubernetesRequest Of(string verb, ApiResource resource, string? space, string? name = null, string? subresource = null, params ReadOnlySpan<(string Name, string? Value)> query) => new()
    {
        Path = resource.Path(space, name, subresource) + Query(query),
        Resource = resource.Plural,
        Saying = $"{verb} {(name is null ? resource.Plural : $"{resource.Kind} {name}")}{(space is null ? "" : $" in {space}")}",
        ReachesNode = subresource is "log" or "exec" or "portforward",
    };

    public KubernetesRequest With(HttpMethod method, JsonNode body, string contentType = "application/json") =>
        this with { Method = method, Body = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()), ContentType = contentType };

    public static string Query(ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new System.Text.StringBuilder();
        foreach ((string name, string? value) in parameters)
            if (value is not null) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return query.ToString();
    }
}
