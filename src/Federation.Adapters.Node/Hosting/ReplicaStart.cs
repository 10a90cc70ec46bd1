namespace Federation.Adapters.Node.Hosting;

/// <summary>What became of a start.</summary>
public abstract record ReplicaStart
{
    private ReplicaStart() { }

    /// <summary>It runs, as far as can be told; its end will be polled.</summary>
    public sealed record Started : ReplicaStart
    {
        /// <summary>The one instance.</summary>
        public static Started Instance { get; } = new();
    }

    /// <summary>Nothing was started.</summary>
    /// <param name="Reason">The rule that refused, for a person.</param>
    public sealed record Refused(string Reason) : ReplicaStart;
}
