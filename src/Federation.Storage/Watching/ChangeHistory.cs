namespace Federation.Storage.Watching;

/// <summary>
/// The newest changes in order, in a ring bounded by count and bytes, forgotten by whole transactions. Guarded by the store's gate.
/// </summary>
internal sealed class ChangeHistory(int maxChanges, long maxBytes, long floor)
{
    private StoreChange?[] _ring = new StoreChange?[64];
    private int _first;
    private int _count;
    private long _bytes;

    /// <summary>Changes up to and including this revision are forgotten: a follower that has not seen them lists anew.</summary>
    public long Floor { get; private set; } = floor;

    public void Append(IReadOnlyList<StoreChange> changes)
    {
        foreach (var change in changes)
        {
            if (_count == _ring.Length) Grow();
            _ring[Place(_count++)] = change;
            _bytes += Size(change);
        }
        while (_count > maxChanges || (_bytes > maxBytes && _count > 0)) ForgetTo(_ring[_first]!.Revision);
    }

    /// <summary>Forgets all changes up to and including the revision.</summary>
    public void ForgetTo(long revision)
    {
        while (_count > 0 && _ring[_first]!.Revision <= revision)
        {
            _bytes -= Size(_ring[_first]!);
            _ring[_first] = null;
            _first = Place(1);
            _count--;
        }
        Floor = Math.Max(Floor, revision);
    }

    /// <summary>The changes after the revision, which must not be below <see cref="Floor"/>.</summary>
    public StoreChange[] After(long revision)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ring[Place(middle)]!.Revision <= revision) low = middle + 1;
            else high = middle;
        }
        var result = new StoreChange[_count - low];
        for (int i = 0; i < result.Length; i++) result[i] = _ring[Place(low + i)]!;
        return result;
    }

    private int Place(int offset) => (_first + offset) & (_ring.Length - 1);

    private void Grow()
    {
        var larger = new StoreChange?[_ring.Length * 2];
        for (int i = 0; i < _count; i++) larger[i] = _ring[Place(i)];
        (_ring, _first) = (larger, 0);
    }

    // What a change keeps alive beyond the present state is the state before it.
    private static long Size(StoreChange change) => (change.Document?.Body.Length ?? 0) + (change.Previous?.Body.Length ?? 0);
}
