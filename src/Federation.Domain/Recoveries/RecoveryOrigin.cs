namespace Federation.Domain.Recoveries;

/// <summary>What a plane is rebuilt from.</summary>
public enum RecoveryOrigin
{
    /// <summary>A backup; what clusters run beyond it is reported and left alone.</summary>
    Backup,

    /// <summary>What the clusters hold, and the offline kit; everything of ours that they run is taken over.</summary>
    Clusters,
}
