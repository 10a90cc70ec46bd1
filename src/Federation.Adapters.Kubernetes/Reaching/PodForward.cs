using Federation.Adapters.Kubernetes.Client.Streams;

namespace Federation.Adapters.Kubernetes.Reaching;

/// <summary>A connection to a port of a replica by way of the cluster's API server, for who has no route to its pod. One reader; one writer at a time.</summary>
public sealed class PodForward : IAsyncDisposable
{
    private readonly ForwardSession _session;

    internal PodForward(ForwardSession session) => _session = session;

    /// <summary>What the port sends next; good until the next call. Empty at the end.</summary>
    /// <exception cref="IOException">The port cannot be reached there, or the connection broke; the message says why.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) => _session.ReadAsync(cancellationToken);

    /// <summary>Sends bytes to the port.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _session.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
