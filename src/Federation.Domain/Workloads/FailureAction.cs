namespace Federation.Domain.Workloads;

/// <summary>What a failed rollout does.</summary>
public enum FailureAction
{
    /// <summary>The template that last ran everywhere is handed out again; the declared one stays as it is, marked as failed.</summary>
    Undo,

    /// <summary>It stops where it is, until another template is declared.</summary>
    Pause,
}
