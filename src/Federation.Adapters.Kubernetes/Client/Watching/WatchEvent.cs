using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Watching;

/// <summary>What a watch tells.</summary>
internal abstract record WatchEvent<T>
{
    /// <summary>The object is there, as it is now.</summary>
    public sealed record Put(T Object) : WatchEvent<T>;

    /// <summary>The object is gone, or has left the selection; as it was before, at the version of its end.</summary>
    public sealed record Gone(T Object) : WatchEvent<T>;

    /// <summary>Everything up to this version has been told.</summary>
    public sealed record Mark(string ResourceVersion) : WatchEvent<T>;

    /// <summary>The server ends the watch for this; HTTP said 200.</summary>
    public sealed record Error(ApiStatus Status) : WatchEvent<T>;
}
