using Federation.ServiceDefaults.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Federation.ServiceDefaults.Problems;

/// <summary>Problems as HTTP answers (RFC 9457).</summary>
public static class ProblemResults
{
    /// <summary>The answer that carries the problem.</summary>
    public static IResult ToResult(this ResourceProblem problem) => TypedResults.Problem(problem.ToDetails());

    /// <summary>The problem as the body shows it.</summary>
    public static ProblemDetails ToDetails(this ResourceProblem problem)
    {
        var details = new ProblemDetails { Status = problem.Status, Type = problem.Type, Title = problem.Title, Detail = problem.Detail };
        if (problem.Errors is { Count: > 0 } errors) details.Extensions["errors"] = errors;
        if (problem.Holder is { } holder) details.Extensions["holder"] = holder;
        if (problem.Conflicts is { Count: > 0 } conflicts) details.Extensions["conflicts"] = conflicts;
        return details;
    }
}
