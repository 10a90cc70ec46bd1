using Federation.Contracts.Api;
using Federation.Manifests;

namespace Federation.ServiceDefaults.Resources;

/// <summary>Why a request is refused, as RFC 9457 shows it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">One of <see cref="ProblemTypes"/>.</param>
/// <param name="Title">The kind of problem, in a few words.</param>
/// <param name="Detail">This problem: what was refused, by which rule, and what would make it pass.</param>
/// <param name="Errors">Broken rules by place.</param>
/// <param name="Holder">Who holds what was claimed.</param>
/// <param name="Conflicts">Fields that others own.</param>
public sealed record ResourceProblem(
    int Status, string Type, string Title, string Detail, IReadOnlyList<InputError>? Errors = null, string? Holder = null,
    IReadOnlyList<FieldConflict>? Conflicts = null)
{
    public static ResourceProblem Invalid(string detail, IReadOnlyList<InputError>? errors = null) =>
        new(400, ProblemTypes.InvalidResource, "The resource breaks its rules", detail, errors);

    /// <summary>Broken rules of an input; without places where the text that was read is not the caller's own.</summary>
    public static ResourceProblem OfInput(IReadOnlyList<ManifestError> errors, bool withPlaces = true) => Invalid(
        $"{errors.Count} rule{(errors.Count == 1 ? "" : "s")} broken: {(withPlaces ? errors[0] : errors[0] with { Source = "after merging", Line = 0, Column = 0 })}",
        [.. errors.Select(error => new InputError(error.Path, withPlaces ? error.Line : 0, withPlaces ? error.Column : 0, error.Rule, error.Suggestion))]);

    public static ResourceProblem NotFound(string what) =>
        new(404, ProblemTypes.NotFound, "There is no such resource", $"{what} does not exist");

    public static ResourceProblem Precondition(string detail) =>
        new(412, ProblemTypes.PreconditionFailed, "The precondition does not hold", detail);

    public static ResourceProblem Claimed(string detail, string? holder) =>
        new(409, ProblemTypes.Claimed, "It is claimed by another", detail, Holder: holder);

    public static ResourceProblem FieldConflict(string what, IReadOnlyList<FieldConflict> conflicts) => new(
        409, ProblemTypes.FieldConflict, "Another writer owns it",
        $"{what}: {string.Join("; ", conflicts.Take(3).Select(conflict => $"{conflict.Field} is owned by {conflict.Owner}"))}"
        + (conflicts.Count > 3 ? $"; and {conflicts.Count - 3} more" : "")
        + "; leave the field out, or take it over with force", Conflicts: conflicts);

    public static ResourceProblem InUse(string detail) => new(409, ProblemTypes.InUse, "It is still in use", detail);

    public static ResourceProblem Unresolved(string detail) =>
        new(422, ProblemTypes.UnresolvedReference, "A reference does not resolve", detail);

    public static ResourceProblem Unavailable(string detail) =>
        new(503, ProblemTypes.Unavailable, "A service that is needed does not answer", detail);
}
