using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>Asks a task at the very address that traffic will take: what the swarm calls running may be out of reach.</summary>
internal sealed class TaskProbe(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CloseWatch = TimeSpan.FromMilliseconds(100);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
    });

    /// <summary>Asks once; null if it is well, else why it is not.</summary>
    /// <param name="check">How; without one, or with a command that the engine runs, its first port must accept a connection.</param>
    /// <param name="endpoints">Where it is reached.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<string?> AskAsync(HealthCheck? check, IReadOnlyList<TaskEndpoint> endpoints, CancellationToken cancellationToken)
    {
        string? wanted = check?.Http?.Port ?? check?.Tcp?.Port;
        TaskEndpoint? endpoint = endpoints.FirstOrDefault(endpoint => wanted is null || endpoint.Name == wanted);
        if (endpoint is null)
            return check?.Http is null && check?.Tcp is null ? null : wanted is null ? "the check needs a port, and the template has none" : $"the check names the port '{wanted}', which the template has not";
        TimeSpan patience = check is null || check.Exec is not null ? ConnectPatience : TimeSpan.FromSeconds(check.TimeoutSeconds);
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return check?.Http is { } http ? await AskHttpAsync(endpoint, http.Path, both.Token) : await ConnectAsync(endpoint.At, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer from {endpoint.At} within {patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return (e.InnerException ?? e) is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? $"nothing listens on its port, at {endpoint.At}" : e.Message;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> AskHttpAsync(TaskEndpoint endpoint, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://{endpoint.At}{path}"));
        if (endpoint.Protocol == PortProtocol.Http2)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("federation-agent", null));
        using HttpResponseMessage reply = await _http.SendAsync(request, cancellationToken);
        int status = (int)reply.StatusCode;
        return status is >= 200 and < 400 ? null : string.Create(CultureInfo.InvariantCulture, $"its check answers {status}");
    }

    private async Task<string?> ConnectAsync(IPEndPoint at, CancellationToken cancellationToken)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(at, cancellationToken);
        // An engine's proxy accepts for a program that does not listen, and closes at once.
        using var pause = new CancellationTokenSource(CloseWatch, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pause.Token);
        try
        {
            return await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, both.Token) == 0 ? $"its port is closed as soon as it is opened, at {at}" : null;
        }
        catch (OperationCanceledException) when (pause.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
