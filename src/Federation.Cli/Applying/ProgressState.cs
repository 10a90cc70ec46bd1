namespace Federation.Cli.Applying;

/// <summary>Whether something goes on.</summary>
internal enum ProgressState
{
    /// <summary>It is under way.</summary>
    UnderWay,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It has failed.</summary>
    Failed,
}
