using System.Collections.Concurrent;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tunnels;

namespace Federation.Gateway.Api;

/// <summary>HTTP clients of the agents' own APIs, each through its node's tunnel.</summary>
public sealed class AgentDoor(TunnelRegistry tunnels) : IDisposable
{
    private readonly ConcurrentDictionary<NodeKey, HttpMessageInvoker> _clients = new();

    /// <summary>The address that requests to an agent are made out to; where they go is the client's affair.</summary>
    public const string Address = "http://agent";

    /// <summary>The client of a node's agent.</summary>
    public HttpMessageInvoker To(NodeKey node) => _clients.GetOrAdd(node, key => new HttpMessageInvoker(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectCallback = async (_, cancellationToken) => await tunnels.OpenAsync(key, new TunnelOpen { AgentApi = true }, cancellationToken),
    }, disposeHandler: true));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HttpMessageInvoker client in _clients.Values) client.Dispose();
    }
}
