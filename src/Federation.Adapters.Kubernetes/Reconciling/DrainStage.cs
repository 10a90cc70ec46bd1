namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>How far a pod is on its way out of traffic.</summary>
internal enum DrainStage
{
    /// <summary>It is wanted.</summary>
    None,

    /// <summary>It is out of traffic, and finishes what it has.</summary>
    Draining,

    /// <summary>It has had its time.</summary>
    Over,

    /// <summary>Its Deployment was told to have one less; the cluster has not chosen yet.</summary>
    Surrendered,
}
