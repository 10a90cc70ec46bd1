using Federation.Contracts.Api;

namespace Federation.ServiceDefaults.Resources;

/// <summary>Why a request is refused, as RFC 9457 shows it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">One of <see cref="ProblemTypes"/>.</param>
/// <param name="Title">The kind of problem, in a few words.</param>
/// <param name="Detail">This problem: what was refused, by which rule, and what would make it pass.</param>
/// <param name="Errors">Broken rules by place.</param>
/// <param name="Holder">Who holds what was claimed.</param>
public sealed record ResourceProblem(
    int Status, string Type, string Title, string Detail, IReadOnlyList<InputError>? Errors = null, string? Holder = null)
{
    public static ResourceProblem Invalid(string detail, IReadOnlyList<InputError>? errors = null) =>
        new(400, ProblemTypes.InvalidResource, "The resource breaks its rules", detail, errors);

    public static ResourceProblem NotFound(string what) =>
        new(404, ProblemTypes.NotFound, "There is no such resource", $"{what} does not exist");

    public static ResourceProblem Precondition(string detail) =>
        new(412, ProblemTypes.PreconditionFailed, "The precondition does not hold", detail);

    public static ResourceProblem Claimed(string detail, string? holder) =>
        new(409, ProblemTypes.Claimed, "It is claimed by another", detail, Holder: holder);

    public static ResourceProblem InUse(string detail) => new(409, ProblemTypes.InUse, "It is still in use", detail);

    public static ResourceProblem Unresolved(string detail) =>
        new(422, ProblemTypes.UnresolvedReference, "A reference does not resolve", detail);

    public static ResourceProblem Unavailable(string detail) =>
        new(503, ProblemTypes.Unavailable, "A service that is needed does not answer", detail);
}
