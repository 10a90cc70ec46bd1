namespace Federation.Dashboard.Parts;

/// <summary>Why a part of the plane's state could not be read.</summary>
/// <param name="Message">The sentence for a person.</param>
public abstract record PartFault(string Message)
{
    /// <summary>Nobody answers: what was read before is shown with its age.</summary>
    public sealed record Away(string Message) : PartFault(Message);

    /// <summary>The account may not see it.</summary>
    public sealed record Forbidden(string Message) : PartFault(Message);

    /// <summary>There is no such thing (any more).</summary>
    public sealed record Absent(string Message) : PartFault(Message);

    /// <summary>The account's secret no longer serves.</summary>
    public sealed record SignedOut(string Message) : PartFault(Message);

    /// <summary>The plane refused for another reason.</summary>
    public sealed record Refused(string Message) : PartFault(Message);
}
