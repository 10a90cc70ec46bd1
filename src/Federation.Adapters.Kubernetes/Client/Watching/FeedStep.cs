using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Watching;

/// <summary>What a feed tells, in order: the whole set first, then what becomes of it.</summary>
internal abstract record FeedStep<T>
{
    /// <summary>The whole set, in place of all before.</summary>
    public sealed record Relisted(IReadOnlyList<T> Objects) : FeedStep<T>;

    /// <summary>An object is there, as it is now.</summary>
    public sealed record Put(T Object) : FeedStep<T>;

    /// <summary>An object is gone, or has left the selection.</summary>
    public sealed record Gone(T Object) : FeedStep<T>;

    /// <summary>From here on what is known may be old. Told once, until <see cref="Regained"/> or <see cref="Relisted"/>, and once more where a right to look turns out to be missing; the feed goes on trying.</summary>
    public sealed record Troubled(KubernetesException Why) : FeedStep<T>;

    /// <summary>The server is heard again, from where it was lost.</summary>
    public sealed record Regained : FeedStep<T>;
}
