namespace Federation.Adapters.Node.Commands;

/// <summary>A command that runs beside a replica. Disposing of it ends it, with all that it started where that can be seen.</summary>
public interface IReplicaCommand : IAsyncDisposable
{
    /// <summary>Hands over what it writes, piece by piece and one at a time, until it has ended or can write no more. Called once.</summary>
    /// <param name="write">Given whether the piece is of its errors, and the piece, which is valid until the call is over.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task CopyOutputAsync(Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken);

    /// <summary>Sends input; without effect once it reads no more.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken);

    /// <summary>Ends the input; of a terminal, by the character that says so.</summary>
    Task EndInputAsync(CancellationToken cancellationToken);

    /// <summary>Tells it how large its terminal's screen is; without effect if it has none.</summary>
    Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken);

    /// <summary>Ends it, so that its output ends too. Idempotent.</summary>
    Task EndAsync();

    /// <summary>Its exit code, once it has ended.</summary>
    Task<int> WaitAsync(CancellationToken cancellationToken);
}
