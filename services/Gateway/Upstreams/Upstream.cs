using System.Diagnostics;
using System.Net;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Routing.Documents;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Upstreams;

/// <summary>The kept connections to one port of one replica. Retired, it takes no new requests and ends with its last one.</summary>
public sealed class Upstream
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private static readonly ForwarderRequestConfig Http1 = new()
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = TimeSpan.FromMinutes(15),
    };

    private static readonly ForwarderRequestConfig Http2 = Http1 with { Version = HttpVersion.Version20 };

    private readonly object _gate = new();
    private int _requests;
    private bool _retired;

    /// <summary>Makes the pool; no connection is made yet.</summary>
    public Upstream(WorkloadKey service, ServiceEndpoint endpoint, EndpointPort port, IReplicaDialer dialer)
    {
        Service = service;
        Replica = endpoint.Replica;
        Config = port.Protocol == PortProtocol.Http2 ? Http2 : Http1;
        NodeKey node = endpoint.Node;
        Invoker = new HttpMessageInvoker(new AtMostOnceHandler(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
            ConnectCallback = (_, cancellationToken) => ConnectAsync(dialer, node, endpoint.Replica, port.Name, cancellationToken),
        }), disposeHandler: true);
    }

    /// <summary>The workload it belongs to.</summary>
    public WorkloadKey Service { get; }

    /// <summary>The replica it leads to.</summary>
    public ReplicaId Replica { get; }

    /// <summary>Sends requests there.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>How to speak with it.</summary>
    public ForwarderRequestConfig Config { get; }

    /// <summary>A request begins; false if it has been retired.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_retired) return false;
            _requests++;
            return true;
        }
    }

    /// <summary>A request that entered is over.</summary>
    public void Leave()
    {
        bool last;
        lock (_gate) last = --_requests == 0 && _retired;
        if (last) Invoker.Dispose();
    }

    /// <summary>The endpoint is gone: no new requests; connections end when the last request has.</summary>
    public void Retire()
    {
        bool idle;
        lock (_gate)
        {
            if (_retired) return;
            _retired = true;
            idle = _requests == 0;
        }
        if (idle) Invoker.Dispose();
    }

    private static async ValueTask<Stream> ConnectAsync(IReplicaDialer dialer, NodeKey node, ReplicaId replica, string port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            return await dialer.DialAsync(node, replica, port, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotReachedException($"replica {replica} on {node} was not connected to within {ConnectTimeout.TotalSeconds:0} s", e);
        }
        catch (IOException e)
        {
            throw new NotReachedException($"replica {replica} on {node}: {e.Message}", e);
        }
    }
}
