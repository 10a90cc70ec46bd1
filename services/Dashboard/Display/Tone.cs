namespace Federation.Dashboard.Display;

/// <summary>How something stands, for the eye: a colour and a shape, never without its word. In order of urgency.</summary>
public enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Set aside on purpose.</summary>
    Quiet,

    /// <summary>Not known yet.</summary>
    Unknown,

    /// <summary>On its way.</summary>
    Busy,

    /// <summary>Somebody should look.</summary>
    Warning,

    /// <summary>Broken.</summary>
    Bad,
}
