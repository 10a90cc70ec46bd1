using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Processes;

/// <summary>Asks replicas by HTTP or TCP whether they are well.</summary>
internal sealed class HealthProbe(TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
    });

    /// <summary>Asks once.</summary>
    /// <param name="replica">Whom.</param>
    /// <param name="locate">Where a port is reached.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ProbeOutcome> AskAsync(ReplicaRecord replica, Func<ReplicaPort, IPEndPoint> locate, CancellationToken cancellationToken)
    {
        HealthCheck check = replica.Check!;
        string? wanted = check.Http?.Port ?? check.Tcp?.Port;
        ReplicaPort? port = replica.Ports.FirstOrDefault(port => wanted is null ? port.Protocol.Connects() : port.Name == wanted);
        if (port is null) return new(false, wanted is null ? "the check needs a port, and the template has none" : $"the check names the port '{wanted}', which the template has not");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(check.TimeoutSeconds), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return check.Http is { } http ? await AskHttpAsync(locate(port), port.Protocol, http.Path, both.Token) : await ConnectAsync(locate(port), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(false, $"no answer within {check.TimeoutSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return new(false, (e.InnerException ?? e) is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "nothing listens on its port" : e.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ProbeOutcome> AskHttpAsync(IPEndPoint at, PortProtocol protocol, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://{at}{path}"));
        if (protocol == PortProtocol.Http2)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("federation-agent", null));
        using HttpResponseMessage reply = await _http.SendAsync(request, cancellationToken);
        int status = (int)reply.StatusCode;
        return status is >= 200 and < 400 ? ProbeOutcome.Passed : new(false, string.Create(CultureInfo.InvariantCulture, $"its check answers {status}"));
    }

    private static async Task<ProbeOutcome> ConnectAsync(IPEndPoint at, CancellationToken cancellationToken)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(at, cancellationToken);
        return ProbeOutcome.Passed;
    }
}
