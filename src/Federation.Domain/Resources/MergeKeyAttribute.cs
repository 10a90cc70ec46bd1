namespace Federation.Domain.Resources;

/// <summary>
/// Names the members that tell items of a list apart, so that several writers may each own items of it. A list whose items have no
/// merge key is owned and replaced as a whole.
/// </summary>
/// <param name="members">The members, by their names in the record.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MergeKeyAttribute(params string[] members) : Attribute
{
    /// <summary>The members, by their names in the record.</summary>
    public IReadOnlyList<string> Members { get; } = members;

    /// <summary>
    /// The member that told items apart alone before; null if it was ever so. It does still wherever it is enough, so that what was written and owned then means the same.
    /// </summary>
    public string? Formerly { get; set; }
}
