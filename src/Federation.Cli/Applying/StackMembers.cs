using Federation.Cli.Session;
using Federation.Client.Resources;
using Federation.Domain.Resources;
using Federation.Manifests;

namespace Federation.Cli.Applying;

/// <summary>Which resources a stack has, in files and in the plane.</summary>
internal static class StackMembers
{
    /// <summary>The kinds that belong to stacks.</summary>
    public static IEnumerable<ResourceKind> Kinds => ResourceKind.All.Where(kind => kind.Namespaced);

    /// <summary>The declared resources with the stack's label, which is written into those that lack it.</summary>
    /// <exception cref="CliException">A file says that it belongs to another stack.</exception>
    public static IReadOnlyList<DeclaredResource> Labelled(IReadOnlyList<DeclaredResource> declared, string? stack)
    {
        if (stack is null) return declared;
        return [.. declared.Select(resource => resource.Kind.Namespaced ? Labelled(resource, stack) : resource)];
    }

    /// <summary>The one stack that files belong to.</summary>
    /// <exception cref="CliException">They belong to none, or to several.</exception>
    public static string Only(IReadOnlyList<DeclaredResource> declared)
    {
        string?[] stacks = [.. declared.Where(resource => resource.Kind.Namespaced).Select(resource => StackLabel.Of(resource.Resource.Metadata)).Distinct()];
        return stacks switch
        {
            [{ } only] => only,
            [] or [null] => throw new CliException(ExitCode.Usage, "--prune removes what a stack no longer has, and the files belong to no stack", $"name it: --stack NAME, or label the files: {StackLabel.Key}: NAME"),
            _ => throw new CliException(ExitCode.Usage, $"--prune is for one stack; the files belong to {string.Join(", ", stacks.Select(stack => stack ?? "none"))}", "apply them one after the other, or name one: --stack NAME"),
        };
    }

    /// <summary>Everything in the namespaces that carries the stack's label.</summary>
    public static async Task<IReadOnlyList<(ResourceKind Kind, Resource Item)>> ListAsync(PlaneSession session, string stack, IEnumerable<string> namespaces, CancellationToken ct)
    {
        if (LabelViolation(stack) is { } rule) throw new CliException(ExitCode.Usage, $"'{stack}' is no name of a stack: {rule}");
        var found = new List<(ResourceKind, Resource)>();
        foreach (string room in namespaces.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (ResourceKind kind in Kinds)
            {
                ResourceSet<Resource> set = await session.Client.ListAsync(kind, new ListQuery { Namespace = room, LabelSelector = $"{StackLabel.Key}={stack}" }, ct);
                found.AddRange(set.Items.Where(item => StackLabel.Of(item.Metadata) == stack).Select(item => (kind, item)));
            }
        }
        return found;
    }

    private static DeclaredResource Labelled(DeclaredResource declared, string stack)
    {
        if (LabelViolation(stack) is { } rule) throw new CliException(ExitCode.Usage, $"'{stack}' is no name of a stack: {rule}");
        ResourceMetadata metadata = declared.Resource.Metadata;
        if (StackLabel.Of(metadata) is { } own)
        {
            return own == stack
                ? declared
                : throw new CliException(ExitCode.InvalidInput, $"{declared.Source}:{declared.Line}: {ResourceTarget.Of(declared.Kind, metadata.Name)} says that it belongs to the stack {own}, not {stack}", "change its label, or leave --stack out");
        }
        System.Text.Json.Nodes.JsonNode written = declared.Written["metadata"]!;
        if (written["labels"] is not System.Text.Json.Nodes.JsonObject labels) written["labels"] = labels = [];
        labels[StackLabel.Key] = stack;
        var all = new Dictionary<string, string>(metadata.Labels ?? new Dictionary<string, string>()) { [StackLabel.Key] = stack };
        return declared with { Resource = declared.Resource with { Metadata = metadata with { Labels = all } } };
    }

    private static string? LabelViolation(string stack) => stack.Length == 0 ? "it is empty" : Domain.Resources.Rules.LabelSyntax.ValueViolation(stack);
}
