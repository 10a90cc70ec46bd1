namespace Federation.Routing.Tables;

/// <summary>
/// An immutable map from ASCII keys, matched without regard to case, that is cheap to change: a change copies one shard of a few entries and the
/// list of shards, whatever the map's size. Lookups take spans and allocate nothing.
/// </summary>
internal sealed class ShardedMap<TValue> where TValue : class
{
    private const int ShardCount = 4096;

    private readonly Entry[]?[] _shards;

    private ShardedMap(Entry[]?[] shards, int count)
    {
        _shards = shards;
        Count = count;
    }

    public static ShardedMap<TValue> Empty { get; } = new(new Entry[ShardCount][], 0);

    public int Count { get; }

    public TValue? Find(ReadOnlySpan<char> key)
    {
        uint hash = Hash(key);
        if (_shards[hash % ShardCount] is not { } shard) return null;
        foreach (ref readonly Entry entry in shard.AsSpan())
        {
            if (entry.Hash == hash && key.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) return entry.Value;
        }
        return null;
    }

    public IEnumerable<KeyValuePair<string, TValue>> All() => _shards
        .Where(static shard => shard is not null)
        .SelectMany(static shard => shard!)
        .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
        .Select(static entry => KeyValuePair.Create(entry.Key, entry.Value));

    /// <summary>The map with these keys set, or removed where the value is null.</summary>
    public ShardedMap<TValue> With(IReadOnlyCollection<KeyValuePair<string, TValue?>> changes)
    {
        if (changes.Count == 0) return this;
        var shards = (Entry[]?[])_shards.Clone();
        int count = Count;
        foreach ((string key, TValue? value) in changes)
        {
            uint hash = Hash(key);
            Entry[] shard = shards[hash % ShardCount] ?? [];
            int at = Array.FindIndex(shard, entry => entry.Hash == hash && entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
            Entry[] next;
            if (value is null)
            {
                if (at < 0) continue;
                next = [.. shard[..at], .. shard[(at + 1)..]];
                count--;
            }
            else if (at < 0)
            {
                next = [.. shard, new Entry(hash, key, value)];
                count++;
            }
            else
            {
                next = (Entry[])shard.Clone();
                next[at] = new Entry(hash, key, value);
            }
            shards[hash % ShardCount] = next.Length == 0 ? null : next;
        }
        return new ShardedMap<TValue>(shards, count);
    }

    // FNV-1a over the lower-case form: the same in every process, as the simulation needs.
    private static uint Hash(ReadOnlySpan<char> key)
    {
        uint hash = 2166136261;
        foreach (char c in key)
        {
            hash ^= char.IsAsciiLetterUpper(c) ? (uint)(c | 0x20) : c;
            hash *= 16777619;
        }
        return hash ^ (hash >> 15);
    }

    private readonly record struct Entry(uint Hash, string Key, TValue Value);
}
