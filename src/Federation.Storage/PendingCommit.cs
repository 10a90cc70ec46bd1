namespace Federation.Storage;

/// <summary>A transaction between the caller and the writer: checked for form, its bodies copied, its caller waiting.</summary>
internal sealed class PendingCommit : TaskCompletionSource<CommitOutcome>
{
    private const int MaxKeyLength = 1_024;

    private PendingCommit(IReadOnlyList<StoreCondition> conditions, StoreWrite[] writes, long bytes)
        // The writer must not run its callers' code; a caller on a SynchronizationContext goes on there.
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Conditions = conditions;
        Writes = writes;
        Bytes = bytes;
    }

    public IReadOnlyList<StoreCondition> Conditions { get; }

    public StoreWrite[] Writes { get; }

    public long Bytes { get; }

    /// <summary>Decided while the group is formed; told to the caller when the group is durable.</summary>
    public CommitOutcome? Outcome { get; set; }

    /// <exception cref="ArgumentException">The transaction breaks the store's rules of form.</exception>
    public static PendingCommit Check(StoreTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        foreach (var condition in transaction.Conditions) CheckKey(condition.Key);

        var writes = new StoreWrite[transaction.Writes.Count];
        long bytes = 0;
        for (int i = 0; i < writes.Length; i++)
        {
            var write = transaction.Writes[i];
            CheckKey(write.Key);
            if (write.Body is { } body)
            {
                if (body.Length > IStore.MaxDocumentBytes)
                    throw new ArgumentException($"Document {write.Key} has {body.Length} bytes; a document holds at most {IStore.MaxDocumentBytes}.", nameof(transaction));
                bytes += body.Length;
                if (bytes > IStore.MaxTransactionBytes)
                    throw new ArgumentException($"The transaction has more than {IStore.MaxTransactionBytes} bytes of documents; split it.", nameof(transaction));
                // The caller may use its buffer again; what is stored never changes.
                write = write with { Body = body.ToArray() };
            }
            writes[i] = write;
        }
        CheckDistinct(writes, nameof(transaction));
        return new([.. transaction.Conditions], writes, bytes);
    }

    private static void CheckDistinct(StoreWrite[] writes, string argument)
    {
        if (writes.Length < 2) return;
        var seen = new SortedSet<DocumentKey>();
        foreach (var write in writes)
        {
            if (!seen.Add(write.Key)) throw new ArgumentException($"Document {write.Key} is written twice in one transaction.", argument);
        }
    }

    private static void CheckKey(DocumentKey key)
    {
        if (string.IsNullOrEmpty(key.Kind) || string.IsNullOrEmpty(key.Key)) throw new ArgumentException("A document's kind and key must not be empty.");
        if (key.Kind.Length + key.Key.Length > MaxKeyLength) throw new ArgumentException($"A document's kind and key together have at most {MaxKeyLength} characters.");
        CheckText(key.Kind);
        CheckText(key.Key);
    }

    // A NUL or half a surrogate pair would not come back from every provider as it went in.
    private static void CheckText(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))))
                throw new ArgumentException($"A document's kind and key must be well-formed text without NUL; character {i} is not.");
        }
    }
}
