namespace Federation.Domain.Workloads;

/// <summary>What of a disk is limited.</summary>
public enum BlockLimitKind
{
    /// <summary>Bytes read a second.</summary>
    ReadBytes,

    /// <summary>Bytes written a second.</summary>
    WriteBytes,

    /// <summary>Reads a second.</summary>
    ReadOperations,

    /// <summary>Writes a second.</summary>
    WriteOperations,

    /// <summary>The weight when it is busy.</summary>
    Weight,
}
