using Federation.Tunnel.Connections;

namespace Federation.Tunnel.Dialing;

/// <summary>Lets an HTTP client's connections go through tunnels: the value for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
public static class TunnelConnectCallback
{
    /// <summary>
    /// Makes a callback that opens a stream where <paramref name="resolve"/> says. The handler pools connections by the request URI's host and port: give each
    /// target a host of its own. Where a request fails and <see cref="IsRefused"/> holds for its exception, it never reached the target.
    /// </summary>
    /// <param name="resolve">Finds the destination; null where there is none now, which is a refusal.</param>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Create(
        Func<SocketsHttpConnectionContext, TunnelDestination?> resolve)
    {
        ArgumentNullException.ThrowIfNull(resolve);
        return async (context, cancellationToken) =>
        {
            if (resolve(context) is not { } destination)
                throw new TunnelRefusedException($"no tunnel leads to {context.DnsEndPoint.Host}");
            return await destination.Tunnel.OpenAsync(destination.Target, cancellationToken).ConfigureAwait(false);
        };
    }

    /// <summary>Whether a <see cref="TunnelRefusedException"/> is at the bottom of a failed request.</summary>
    public static bool IsRefused(Exception? exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
            if (e is TunnelRefusedException)
                return true;
        return false;
    }
}
