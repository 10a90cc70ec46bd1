using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Federation.Adapters;
using Federation.Adapters.Node.Leases;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Grpc.Streams;
using Google.Protobuf;

namespace Federation.Agent.Loops;

/// <summary>
/// Tells Health what is seen, and proves life: a full set on each connection, then changes in sequence, and renewals of the lease, as often as
/// Health wants them, that nothing else can hold up.
/// </summary>
/// <param name="connector">Dials Health.</param>
/// <param name="observer">What is seen.</param>
/// <param name="instance">New for each start of this process.</param>
/// <param name="lease">The node's lease on its singletons, which this loop renews.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Spreads reconnections.</param>
/// <param name="logger">Where losses of contact are told.</param>
/// <param name="management">Of a cluster that is driven from outside, how its management API answers; null for a node.</param>
public sealed partial class ObservationsLoop(
    IMessageConnector<AgentReport, HealthMessage> connector,
    IClusterObserver observer,
    string instance,
    LeaseKeeper lease,
    TimeProvider time,
    IChance chance,
    ILogger logger,
    IManagementWitness? management = null)
{
    /// <summary>How often the lease is renewed until Health says how soon it wants to hear.</summary>
    public static readonly TimeSpan FirstRenewal = TimeSpan.FromMilliseconds(500);

    // Whatever Health wants: not so often that it is a load, nor so seldom that the lease would run out.
    private static readonly TimeSpan LeastRenewal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MostRenewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Testimony = TimeSpan.FromSeconds(1);

    private readonly IClusterObserver _observer = observer;
    private readonly string _instance = instance;
    private readonly LeaseKeeper _lease = lease;
    private readonly TimeProvider _time = time;
    private readonly ReconnectPause _pause = new(time, chance);

    // Of all connections of this process: what an earlier one told is told apart from what is so now.
    private long _sequence;
    private long? _lostAt;

    /// <summary>Whether a stream stands.</summary>
    public bool Connected { get; private set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReportAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StreamBrokenException e)
            {
                _lostAt ??= _time.GetTimestamp();
                if (_pause.First) LogLost(logger, e.Message);
            }
            finally
            {
                Connected = false;
            }
            if (!await _pause.WaitAsync(cancellationToken)) return;
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        await using IMessageStream<AgentReport, HealthMessage> stream = await connector.ConnectAsync(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var session = new Session(this, stream);
        Task[] parts =
        [
            session.SendAsync(ending.Token), session.WatchAsync(ending.Token), session.RenewAsync(ending.Token), session.ReceiveAsync(ending.Token),
            .. management is null ? (Task[])[] : [session.TestifyAsync(management, ending.Token)],
        ];
        Task first = await Task.WhenAny(parts);
        ending.Cancel();
        await Task.WhenAny(Task.WhenAll(parts));
        await first;
    }

    private void Granted(long renewal, TimeSpan duration)
    {
        TimeSpan left = _lease.Remaining;
        _lease.Granted(renewal, duration);
        if (_lostAt is not { } lost) return;
        _lostAt = null;
        LogBack(logger, Math.Round(_time.GetElapsedTime(lost).TotalSeconds, 1), Math.Max(0, Math.Round(left.TotalSeconds, 1)));
    }

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "Lost Health: {Reason}; reports go on when it is back")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Information, Message = "Health renews the node's lease again, {Away} s after it was lost; {Left} s of the lease were left")]
    private static partial void LogBack(ILogger logger, double away, double left);

    // One connection's state. Everything that is to be sent passes one queue: null stands for "the newest set, when its turn comes".
    private sealed class Session(ObservationsLoop loop, IMessageStream<AgentReport, HealthMessage> stream)
    {
        private readonly Channel<AgentReport?> _outgoing = Channel.CreateUnbounded<AgentReport?>(new UnboundedChannelOptions { SingleReader = true });
        private SortedDictionary<string, ReplicaObservation>? _told;
        private NodeObservation? _toldNode;
        private bool _fullAsked = true;
        private ClusterObservationSet? _newest;
        private TimeSpan _renewal = FirstRenewal;

        public async Task SendAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                AgentReport? report = await _outgoing.Reader.ReadAsync(cancellationToken) ?? (_newest is { } set ? Report(set) : null);
                if (report is { MessageCase: AgentReport.MessageOneofCase.Renewal } && _told is not null) report.Renewal.Sequence = loop._sequence;
                if (report is not null) await stream.SendAsync(report, cancellationToken);
            }
        }

        public async Task WatchAsync(CancellationToken cancellationToken)
        {
            await foreach (ClusterObservationSet set in loop._observer.WatchAsync(cancellationToken))
            {
                _newest = set;
                _outgoing.Writer.TryWrite(null);
            }
        }

        public async Task RenewAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                _outgoing.Writer.TryWrite(new AgentReport { Renewal = new LeaseRenewal { Renewal = loop._lease.BeginRenewal() } });
                await Task.Delay(_renewal, loop._time, cancellationToken);
            }
        }

        public async Task TestifyAsync(IManagementWitness management, CancellationToken cancellationToken)
        {
            while (true)
            {
                string? silence = management.Silence;
                _outgoing.Writer.TryWrite(new AgentReport { Management = new ManagementReport { Answers = silence is null, Detail = silence ?? "" } });
                await Task.Delay(Testimony, loop._time, cancellationToken);
            }
        }

        public async Task ReceiveAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                (bool received, HealthMessage message) = await stream.ReceiveAsync(cancellationToken);
                if (!received) throw new StreamBrokenException("Health ended the stream");
                loop.Connected = true;
                loop._pause.Reset();
                switch (message.MessageCase)
                {
                    case HealthMessage.MessageOneofCase.Grant:
                        loop.Granted(message.Grant.Renewal, TimeSpan.FromMilliseconds(message.Grant.DurationMs));
                        if (message.Grant.NextRenewalMs > 0) _renewal = Within(TimeSpan.FromMilliseconds(message.Grant.NextRenewalMs));
                        break;
                    case HealthMessage.MessageOneofCase.FullSetRequest:
                        _fullAsked = true;
                        _outgoing.Writer.TryWrite(null);
                        break;
                }
            }
        }

        private static TimeSpan Within(TimeSpan wanted) => wanted < LeastRenewal ? LeastRenewal : wanted > MostRenewal ? MostRenewal : wanted;

        private AgentReport? Report(ClusterObservationSet set)
        {
            NodeObservation node = set.Nodes[0];
            var replicas = new SortedDictionary<string, ReplicaObservation>(StringComparer.Ordinal);
            foreach (ReplicaObservation replica in set.Replicas) replicas[replica.Id.Value] = replica;
            AgentReport? report = _fullAsked || _told is null ? new AgentReport { Full = Full(node, replicas) } : Delta(node, replicas, _told);
            _fullAsked = false;
            _told = replicas;
            _toldNode = node;
            return report;
        }

        private ObservationFullSet Full(NodeObservation node, SortedDictionary<string, ReplicaObservation> replicas)
        {
            loop._sequence++;
            var full = new ObservationFullSet
            {
                AgentInstance = loop._instance,
                Sequence = loop._sequence,
                SequenceSpansConnections = true,
                NodeJson = Json(node),
                Count = replicas.Count,
                Digest = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(replicas.Keys.Select(id => id + "\n"))))),
            };
            full.ReplicasJson.AddRange(replicas.Values.Select(Json));
            return full;
        }

        private AgentReport? Delta(NodeObservation node, SortedDictionary<string, ReplicaObservation> replicas, SortedDictionary<string, ReplicaObservation> told)
        {
            var delta = new ObservationDelta();
            if (Json(node) is var nodeJson && (_toldNode is null || nodeJson != Json(_toldNode))) delta.NodeJson = nodeJson;
            foreach ((string id, ReplicaObservation replica) in replicas)
            {
                if (!told.TryGetValue(id, out ReplicaObservation? before) || (!ReferenceEquals(before, replica) && Json(before) != Json(replica)))
                    delta.UpsertsJson.Add(Json(replica));
            }
            delta.Removals.AddRange(told.Keys.Where(id => !replicas.ContainsKey(id)));
            if (delta.NodeJson.IsEmpty && delta.UpsertsJson.Count == 0 && delta.Removals.Count == 0) return null;
            delta.Sequence = ++loop._sequence;
            return new AgentReport { Delta = delta };
        }

        private static ByteString Json<T>(T value) => ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(value, DomainJson.Options));
    }
}
