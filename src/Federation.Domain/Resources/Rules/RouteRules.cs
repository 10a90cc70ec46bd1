using Federation.Domain.Routing;

namespace Federation.Domain.Resources.Rules;

internal static class RouteRules
{
    private const int MaxPathLength = 1024;

    public static void Check(RouteSpec spec, RuleContext context)
    {
        CheckHost(spec.Host, context);
        CheckPath(spec.Path, context);
        context.RequireName("spec.workload", spec.Workload);
        context.RequireName("spec.port", spec.Port);
    }

    private static void CheckHost(string host, RuleContext context)
    {
        int scheme = host.IndexOf("://", StringComparison.Ordinal);
        string bare = scheme < 0 ? host : host[(scheme + 3)..];
        int end = bare.IndexOfAny([':', '/']);
        if (scheme >= 0 || end >= 0)
        {
            bare = end < 0 ? bare : bare[..end];
            context.Refuse("spec.host", "a host has no scheme, port or path", bare.Length == 0 ? null : $"write {bare}");
            return;
        }
        string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        if (name.Contains('*')) context.Refuse("spec.host", "a wildcard is the whole first part of a host", "write it as *.example.com");
        else if (HostSyntax.Violation(name) is { } rule) context.Refuse("spec.host", rule);
    }

    private static void CheckPath(string path, RuleContext context)
    {
        if (!path.StartsWith('/')) context.Refuse("spec.path", "a path begins with '/'", path.Any(static c => c <= ' ') ? null : $"write /{path}");
        else if (path.Length > MaxPathLength) context.Refuse("spec.path", $"a path has at most {MaxPathLength} characters");
        else if (path.IndexOfAny(['?', '#', '\\']) >= 0 || path.Any(static c => c <= ' ' || c >= '\x7f')) context.Refuse("spec.path", "a path has no query, fragment, '\\', white space or letters beyond ASCII");
        else if (path.Split('/').Any(static part => part is "." or ".." || part.Contains("%2e", StringComparison.OrdinalIgnoreCase)) || path.Contains("//", StringComparison.Ordinal))
            context.Refuse("spec.path", "a path has no empty part, '.' or '..'");
    }
}
