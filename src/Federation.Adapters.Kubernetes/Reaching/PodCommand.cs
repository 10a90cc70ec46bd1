using Federation.Adapters.Kubernetes.Client.Streams;

namespace Federation.Adapters.Kubernetes.Reaching;

/// <summary>A command that runs inside a replica's container. Leaving it does not end it: Kubernetes has no way to; what reads its input ends with that.</summary>
public sealed class PodCommand : IAsyncDisposable
{
    private const byte EndOfTransmission = 4;

    private readonly ExecSession _session;
    private readonly bool _terminal;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    internal PodCommand(ExecSession session, bool terminal)
    {
        _session = session;
        _terminal = terminal;
    }

    /// <summary>Hands over what it writes, piece by piece, until it has ended. Called once.</summary>
    /// <param name="write">Given whether the piece is of its errors, and the piece, which is valid until the call is over.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CopyOutputAsync(Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        try
        {
            while (await _session.ReadAsync(cancellationToken) is { } piece) await write(piece.Source == ExecSource.Errors, piece.Bytes, cancellationToken);
            switch (_session.Outcome)
            {
                case ExecOutcome.Exited { Code: var code }:
                    _ended.TrySetResult(code);
                    break;
                case ExecOutcome.Failed { Status.Message: var message }:
                    _ended.TrySetException(new IOException($"it could not be run: {message}"));
                    break;
                default:
                    _ended.TrySetException(new IOException("the cluster closed the connection before it told how the command ended: it may run on"));
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            _ended.TrySetException(new IOException("the command was left"));
            throw;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Somebody left, or the way broke.
            _ended.TrySetException(e is IOException ? e : new IOException("the command was left", e));
            if (Volatile.Read(ref _left) == 0) throw;
        }
    }

    /// <summary>Sends input.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => _session.WriteAsync(input, cancellationToken);

    /// <summary>Ends the input: of a terminal by the character that says so, else where the cluster's protocol can say it (1.30 and later); before, it stays open.</summary>
    public Task EndInputAsync(CancellationToken cancellationToken) =>
        _terminal ? _session.WriteAsync(new byte[] { EndOfTransmission }, cancellationToken) : _session.CanCloseInput ? _session.CloseInputAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Tells it how large its terminal's screen is; without effect if it has none.</summary>
    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) => _terminal ? _session.ResizeAsync(columns, rows, cancellationToken) : Task.CompletedTask;

    /// <summary>Leaves it, so that its output ends. Idempotent.</summary>
    public async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0) await _session.DisposeAsync();
    }

    /// <summary>Its exit code, once it has ended.</summary>
    /// <exception cref="IOException">It is not known.</exception>
    public Task<int> WaitAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync();
}
