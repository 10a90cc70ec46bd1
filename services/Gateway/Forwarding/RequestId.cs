using Microsoft.Extensions.Primitives;

namespace Federation.Gateway.Forwarding;

/// <summary>A request's id through every hop: the caller's own if it is sane, else one made here.</summary>
public static class RequestId
{
    /// <summary>The header.</summary>
    public const string Header = "X-Request-Id";

    private const int Longest = 128;

    /// <summary>Gives the request an id and names it in the answer.</summary>
    public static void Ensure(HttpContext context)
    {
        StringValues given = context.Request.Headers[Header];
        if (given.Count != 1 || !Sane(given[0])) context.Request.Headers[Header] = System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        Echo(context);
    }

    /// <summary>Names the request's id in the answer.</summary>
    public static void Echo(HttpContext context)
    {
        StringValues id = context.Request.Headers[Header];
        if (id.Count == 1) context.Response.Headers[Header] = id;
    }

    private static bool Sane(string? id) => id is { Length: > 0 and <= Longest } && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
