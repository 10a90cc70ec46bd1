namespace Federation.Domain.Assignments;

/// <summary>An Assignment's state.</summary>
public enum AssignmentState
{
    /// <summary>The target should run it.</summary>
    Active,

    /// <summary>Replacements start elsewhere; it runs until they are ready.</summary>
    Moving,

    /// <summary>The target is lost and its share is placed elsewhere; nothing there was told to stop.</summary>
    Unreachable,

    /// <summary>The target should stop it; removed when its end is confirmed.</summary>
    Withdrawn,
}
