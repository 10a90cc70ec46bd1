namespace Federation.ServiceDefaults.Resources;

/// <summary>How a kind is removed.</summary>
public enum DeletionStep
{
    /// <summary>At once.</summary>
    Remove,

    /// <summary>Marked; a loop removes it when nothing of it is left.</summary>
    Mark,
}
