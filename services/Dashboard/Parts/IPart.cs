namespace Federation.Dashboard.Parts;

/// <summary>A part of the plane's state that is read again and again while somebody looks.</summary>
internal interface IPart
{
    /// <summary>Completes with the next reading.</summary>
    Task Changed { get; }

    /// <summary>Reads at the quick pace until disposed.</summary>
    IDisposable Follow();

    /// <summary>Whether nobody has asked for a while and its reading has ended.</summary>
    bool Idle { get; }
}
