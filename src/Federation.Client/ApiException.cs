using System.Net;
using Federation.Contracts.Api;

namespace Federation.Client;

/// <summary>The plane refused a request (RFC 9457).</summary>
public sealed class ApiException : Exception
{
    /// <summary>Makes the exception of a problem's parts.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="type">One of <see cref="ProblemTypes"/>, or what the server said; null if nothing.</param>
    /// <param name="title">The kind of problem in a few words.</param>
    /// <param name="detail">This problem.</param>
    /// <param name="errors">Broken rules by place.</param>
    /// <param name="holder">Who holds what was claimed.</param>
    /// <param name="conflicts">Fields that others own.</param>
    public ApiException(
        HttpStatusCode status, string? type, string title, string? detail, IReadOnlyList<InputError>? errors = null, string? holder = null,
        IReadOnlyList<FieldConflict>? conflicts = null)
        : base(detail ?? title)
    {
        Status = status;
        Type = type;
        Title = title;
        Detail = detail;
        Errors = errors ?? [];
        Holder = holder;
        Conflicts = conflicts ?? [];
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>One of <see cref="ProblemTypes"/>, or what the server said; null if nothing.</summary>
    public string? Type { get; }

    /// <summary>The kind of problem in a few words.</summary>
    public string Title { get; }

    /// <summary>This problem: what was refused, by which rule, what would make it pass.</summary>
    public string? Detail { get; }

    /// <summary>Broken rules by place; empty if the problem is none of input.</summary>
    public IReadOnlyList<InputError> Errors { get; }

    /// <summary>Who holds what was claimed, where the caller may know it.</summary>
    public string? Holder { get; }

    /// <summary>Fields that others own and the apply would change; empty if the problem is another.</summary>
    public IReadOnlyList<FieldConflict> Conflicts { get; }
}
