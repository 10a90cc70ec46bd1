namespace Federation.Engine.Containers;

/// <summary>A command inside a container as the daemon describes it.</summary>
public sealed record ExecDetails
{
    /// <summary>Whether it runs.</summary>
    public bool Running { get; init; }

    /// <summary>Its exit code; null while it runs or if it never did.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Its process, as its machine counts; 0 if there is none.</summary>
    public int Pid { get; init; }
}
