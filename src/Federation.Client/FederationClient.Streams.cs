using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Federation.Client.Requests;
using Federation.Contracts.Api;

namespace Federation.Client;

public sealed partial class FederationClient
{
    /// <summary>Runs a command beside a replica. The answer is spoken with by <see cref="ExecChannel"/>; closing it ends the command.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="query">Which replica, and what to run.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<WebSocket> ExecAsync(string workload, ExecQuery query, string? @namespace = null, CancellationToken ct = default) => ConnectAsync(() =>
    {
        ApiPath path = Workload(workload, @namespace, "exec").With("replica", query.Replica).With("stdin", query.Input).With("tty", query.Terminal is not null)
            .With("columns", query.Terminal?.Columns).With("rows", query.Terminal?.Rows);
        foreach (string word in query.Command) path.With("command", word);
        return path;
    }, ct);

    /// <summary>One connection to a port of a replica: its binary messages are the bytes, and a close of one direction is that direction's end.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="port">The port's name; the first if null.</param>
    /// <param name="replica">The replica; any that is ready if null.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<WebSocket> PortForwardAsync(string workload, string? port = null, string? replica = null, string? @namespace = null, CancellationToken ct = default) =>
        ConnectAsync(() => Workload(workload, @namespace, "portforward").With("port", port).With("replica", replica), ct);

    /// <summary>What nodes, and the tenant's replicas on them, use now.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public Task<UsageReport> UsageAsync(CancellationToken ct = default) => GetJsonAsync<UsageReport>(ApiPath.Of("usage"), ct);

    /// <summary>What the tenant's routes carry now; a route that nobody asked lately is left out.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public Task<IReadOnlyList<RouteTrafficView>> TrafficAsync(CancellationToken ct = default) => GetItemsAsync<RouteTrafficView>(ApiPath.Of("traffic"), ct);

    private async Task<WebSocket> ConnectAsync(Func<ApiPath> path, CancellationToken ct)
    {
        var http = new Uri(_http.BaseAddress!, path().With("tenant", _options.Tenant).ToString());
        Uri address = new UriBuilder(http) { Scheme = http.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs }.Uri;
        for (bool renewed = false; ; renewed = true)
        {
            string? token = _tokens is null ? null : await _tokens.GetAsync(ct);
            var socket = new ClientWebSocket();
            socket.Options.Proxy = null;
            socket.Options.CollectHttpResponseDetails = true;
            if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            try
            {
                await socket.ConnectAsync(address, ct);
                return socket;
            }
            catch (WebSocketException e)
            {
                HttpStatusCode status = socket.HttpStatusCode;
                socket.Dispose();
                if (status == 0) throw new PlaneUnreachableException(Server, e);
                if (status == HttpStatusCode.Unauthorized && token is not null && !renewed)
                {
                    _tokens!.Refused(token);
                    continue;
                }
                // A refused upgrade carries no reason to us; the same question without it does.
                try
                {
                    using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path(), null, ct);
                }
                catch (ApiException question) when (question.Status == HttpStatusCode.UpgradeRequired && status == HttpStatusCode.ServiceUnavailable)
                {
                    throw new ApiException(status, ProblemTypes.Unavailable, "The upgrade was refused",
                        "a service that this takes does not answer: the agent, or Placement, which keeps the record without which nobody enters a replica");
                }
                throw new ApiException(status, null, "The upgrade was refused", string.Create(CultureInfo.InvariantCulture, $"the plane answers {(int)status}: is there a proxy between that does not know WebSockets?"));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
