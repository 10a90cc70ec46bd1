namespace Federation.Reconciliation;

/// <summary>A scope of leadership: work done in it carries its number and ends with it.</summary>
public sealed class LeaderTerm : IDisposable
{
    private readonly CancellationTokenSource _ended;

    /// <summary>Begins the term.</summary>
    /// <param name="number">The fencing term; rises with each leader.</param>
    /// <param name="cancellationToken">Ends the term when it is cancelled.</param>
    public LeaderTerm(long number, CancellationToken cancellationToken)
    {
        Number = number;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>The fencing term.</summary>
    public long Number { get; }

    /// <summary>Cancelled when the term has ended.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Ends the term: another leader was seen, or leadership was given up.</summary>
    public void End() => _ended.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }
}
