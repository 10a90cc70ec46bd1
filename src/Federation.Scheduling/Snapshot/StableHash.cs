namespace Federation.Scheduling.Snapshot;

/// <summary>Hashes that are the same in every process and on every machine (FNV-1a, then the finalizer of SplitMix64): ties are broken by them.</summary>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(string text, ulong seed = Offset)
    {
        ulong hash = seed;
        foreach (char c in text) hash = (hash ^ c) * Prime;
        return Finish(hash);
    }

    public static ulong Mix(ulong a, ulong b) => Finish(a ^ b * 0x9E3779B97F4A7C15);

    private static ulong Finish(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
