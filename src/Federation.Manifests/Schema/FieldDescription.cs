namespace Federation.Manifests.Schema;

/// <summary>What one field of a kind is: the source of reference pages, of <c>fedctl explain</c> and of the API's schemas.</summary>
/// <param name="Name">As files write it; the kind's name for the whole resource.</param>
/// <param name="Path">From the resource's top, with <c>[]</c> behind lists: <c>spec.template.ports[].name</c>; empty for the whole.</param>
/// <param name="Type">For people: <c>text</c>, <c>whole number</c>, <c>list of PortTemplate</c>.</param>
/// <param name="Required">Whether it must be written.</param>
/// <param name="ServerWritten">Whether the plane writes it, so that input is ignored.</param>
/// <param name="Default">What holds where nothing is written; null where that is nothing.</param>
/// <param name="AllowedValues">The words it may be; empty where it is no choice.</param>
/// <param name="Minimum">The least number allowed, if limited.</param>
/// <param name="Maximum">The greatest number allowed, if limited.</param>
/// <param name="Documentation">What it is for, in sentences; code words in backticks.</param>
/// <param name="Fields">The fields in it (for a list, in each item).</param>
public sealed record FieldDescription(
    string Name,
    string Path,
    string Type,
    bool Required,
    bool ServerWritten,
    string? Default,
    IReadOnlyList<string> AllowedValues,
    string? Minimum,
    string? Maximum,
    string Documentation,
    IReadOnlyList<FieldDescription> Fields);
