namespace Federation.Grpc.Server;

/// <summary>What was mapped once for the whole process.</summary>
internal sealed class GrpcMappingState
{
    private int _unmappedClaimed;

    /// <summary>True for the first caller only: it maps the answer for unknown methods.</summary>
    public bool ClaimUnmapped() => Interlocked.Exchange(ref _unmappedClaimed, 1) == 0;
}
