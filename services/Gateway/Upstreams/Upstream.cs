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
    // Short, so that a silent node costs little where others answer; longer with each time it was too short, or a slow machine would never be reached.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(1);
    private const int MostDoublings = 3;

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
    private int _late;

    /// <summary>Makes the pool; no connection is made yet.</summary>
    public Upstream(WorkloadKey service, ServiceEndpoint endpoint, EndpointPort port, IReplicaDialer dialer)
    {
        Service = service;
        Replica = endpoint.Replica;
        Config = port.Protocol == PortProtocol.Http2 ? Http2 : Http1;
        NodeKey node = endpoint.Node;
        Traced = ForwardSpans.Enabled;
        Invoker = new HttpMessageInvoker(new AtMostOnceHandler(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            // Without a propagator the client makes no activity of its own: ForwardTransformer passes the trace on.
            ActivityHeadersPropagator = Traced ? new ReverseProxyPropagator(DistributedContextPropagator.Current) : null,
            MeterFactory = UnreadMeters.Instance,
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

    /// <summary>Whether requests have spans of their own, which name themselves to the replica.</summary>
    public bool Traced { get; }

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

    private async ValueTask<Stream> ConnectAsync(IReplicaDialer dialer, NodeKey node, ReplicaId replica, string port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int late = Volatile.Read(ref _late);
        TimeSpan patience = FirstPatience * (1 << late);
        limit.CancelAfter(patience);
        try
        {
            Stream stream = await dialer.DialAsync(node, replica, port, limit.Token);
            Volatile.Write(ref _late, 0);
            return stream;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _late, Math.Min(late + 1, MostDoublings));
            throw new NotReachedException($"replica {replica} on {node} was not connected to within {patience.TotalSeconds:0} s", e);
        }
        catch (IOException e)
        {
            throw new NotReachedException($"replica {replica} on {node}: {e.Message}", e);
        }
    }
}
