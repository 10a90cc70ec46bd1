using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Streams;

namespace Federation.Adapters.Kubernetes.Client;

public sealed partial class KubernetesClient
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(30);

    /// <summary>Opens a container's output; null while the pod has no node.</summary>
    /// <exception cref="KubernetesException"><see cref="FailureKind.Invalid"/> also where the container has not begun, or must be named: the message says which.</exception>
    internal async Task<LogStream?> OpenLogAsync(string space, string pod, LogRequest log, CancellationToken cancellationToken)
    {
        KubernetesRequest request = KubernetesRequest.Of("read the log of", ApiResource.Pods, space, pod, "log",
            ("container", log.Container),
            ("follow", log.Follow ? "true" : null),
            ("previous", log.Previous ? "true" : null),
            ("timestamps", log.Timestamps ? "true" : null),
            ("tailLines", log.TailLines?.ToString(CultureInfo.InvariantCulture)),
            // Whole seconds are what every server reads.
            ("sinceTime", log.Since?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ("limitBytes", log.LimitBytes?.ToString(CultureInfo.InvariantCulture))) with
        { IsStream = true, Accept = "*/*" };
        HttpResponseMessage reply = await SendAsync(request, cancellationToken);
        if (reply.StatusCode != HttpStatusCode.NoContent) return new LogStream(this, request, reply, await reply.Content.ReadAsStreamAsync(cancellationToken), log.Timestamps);
        reply.Dispose();
        return null;
    }

    /// <summary>Runs a program in a container.</summary>
    internal async Task<ExecSession> ExecAsync(string space, string pod, ExecRequest exec, CancellationToken cancellationToken)
    {
        if (exec.Command.Count == 0) throw new ArgumentException("a program is needed", nameof(exec));
        List<(string, string?)> query = [.. exec.Command.Select(static word => ("command", (string?)word))];
        query.Add(("container", exec.Container));
        query.Add(("stdin", exec.Input ? "true" : null));
        query.Add(("stdout", "true"));
        query.Add(("stderr", exec.Terminal ? null : "true"));
        query.Add(("tty", exec.Terminal ? "true" : null));
        // Both are offered: an older server refuses the newer alone, with a 403 that says nothing.
        KubernetesRequest request = KubernetesRequest.Of("exec in", ApiResource.Pods, space, pod, "exec", [.. query]) with
        {
            WebSocketProtocols = $"{ExecSession.Version5}, {ExecSession.Version4}",
            Accept = "*/*",
        };
        return new ExecSession(await OpenChannelsAsync(request, static chosen => chosen is ExecSession.Version4 or ExecSession.Version5 ? null : "tells no exit codes or is not known", cancellationToken));
    }

    /// <summary>Connects to a port of a pod, by way of its node. That the port refuses is told by the session.</summary>
    internal async Task<ForwardSession> ForwardAsync(string space, string pod, int port, CancellationToken cancellationToken)
    {
        KubernetesRequest request = KubernetesRequest.Of("connect to", ApiResource.Pods, space, pod, "portforward", ("ports", port.ToString(CultureInfo.InvariantCulture))) with
        {
            WebSocketProtocols = ForwardSession.Version4,
            Accept = "*/*",
        };
        return new ForwardSession(await OpenChannelsAsync(request, static chosen => chosen == ForwardSession.Version4 ? null : "is not the one that was asked for", cancellationToken));
    }

    private async Task<ChannelSocket> OpenChannelsAsync(KubernetesRequest request, Func<string?, string?> unfit, CancellationToken cancellationToken)
    {
        HttpResponseMessage reply = await SendAsync(request, cancellationToken);
        string? chosen = reply.Headers.TryGetValues("Sec-WebSocket-Protocol", out IEnumerable<string>? told) ? told.FirstOrDefault() : null;
        if (unfit(chosen) is { } why)
        {
            reply.Dispose();
            throw Failed(FailureKind.Unreadable, request, $"the server chose the protocol \"{chosen}\", which {why}");
        }
        // The accept key proves nothing here that TLS and the answer's status have not: it guards browsers.
        Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken);
        WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false, SubProtocol = chosen, KeepAliveInterval = PingEvery });
        return new ChannelSocket(this, request, reply, socket);
    }
}
