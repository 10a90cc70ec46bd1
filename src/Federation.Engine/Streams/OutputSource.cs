namespace Federation.Engine.Streams;

/// <summary>Where a piece of output comes from.</summary>
public enum OutputSource
{
    /// <summary>Standard output, or a terminal.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,
}
