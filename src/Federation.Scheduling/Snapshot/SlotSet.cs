namespace Federation.Scheduling.Snapshot;

/// <summary>A set of slots, one bit each: filters of a whole plane are a few word operations.</summary>
internal sealed class SlotSet
{
    private readonly ulong[] _words;
    private readonly ulong _lastMask;

    public SlotSet(int size)
    {
        _words = new ulong[(size + 63) >> 6];
        _lastMask = (size & 63) == 0 ? ulong.MaxValue : (1UL << (size & 63)) - 1;
    }

    public ReadOnlySpan<ulong> Words => _words;

    public bool this[int slot] => (_words[slot >> 6] >> (slot & 63) & 1) != 0;

    public void Add(int slot) => _words[slot >> 6] |= 1UL << (slot & 63);

    public void Clear() => Array.Clear(_words);

    public void Fill()
    {
        Array.Fill(_words, ulong.MaxValue);
        if (_words.Length > 0) _words[^1] = _lastMask;
    }

    public void UnionWith(SlotSet other)
    {
        for (int i = 0; i < _words.Length; i++) _words[i] |= other._words[i];
    }

    public void ExceptWith(SlotSet other)
    {
        for (int i = 0; i < _words.Length; i++) _words[i] &= ~other._words[i];
    }

    public void UnionWithComplementOf(SlotSet other)
    {
        for (int i = 0; i < _words.Length; i++) _words[i] |= ~other._words[i];
        if (_words.Length > 0) _words[^1] &= _lastMask;
    }

    public void Complement()
    {
        for (int i = 0; i < _words.Length; i++) _words[i] = ~_words[i];
        if (_words.Length > 0) _words[^1] &= _lastMask;
    }
}
