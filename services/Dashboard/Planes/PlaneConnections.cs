using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Federation.Client;
using Federation.Client.Tokens;
using Federation.Dashboard.Sessions;

namespace Federation.Dashboard.Planes;

/// <summary>A connection for each account and tenant that is looked at. Two sessions share one only where account, secret and tenant are the same.</summary>
internal sealed class PlaneConnections(PlaneAddress address, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, Lazy<PlaneConnection>> _open = new();
    private readonly SocketsHttpHandler _handler = new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <summary>The connection of a session.</summary>
    public PlaneConnection Of(Session session)
    {
        byte[] identity = SHA256.HashData(Encoding.UTF8.GetBytes($"{session.ClientId}\0{session.ClientSecret}\0{session.Tenant}"));
        PlaneConnection connection = _open.GetOrAdd(Convert.ToHexString(identity), _ => new(() => Connect(session))).Value;
        connection.Touch();
        return connection;
    }

    /// <summary>Where an account's tokens come from.</summary>
    public ClientCredentials Credentials(string clientId, string clientSecret) => new(NewHttp(), clientId, clientSecret, time);

    public override void Dispose()
    {
        foreach (Lazy<PlaneConnection> connection in _open.Values) connection.Value.Dispose();
        _handler.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach ((string key, Lazy<PlaneConnection> connection) in _open)
                    if (connection.Value.Unused > KeptUnused && _open.TryRemove(key, out _)) connection.Value.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The dashboard is ending.
        }
    }

    private PlaneConnection Connect(Session session) => new(
        new FederationClient(NewHttp(), Credentials(session.ClientId, session.ClientSecret), new FederationClientOptions
        {
            Tenant = session.Tenant == session.OwnTenant ? null : session.Tenant,
            // A page tells at once that nobody answers; the next reading tries again.
            RetryFor = TimeSpan.Zero,
            RequestTimeout = TimeSpan.FromSeconds(10),
            Time = time,
        }),
        time);

    private HttpClient NewHttp() => new(_handler, disposeHandler: false) { BaseAddress = address.Api };
}
