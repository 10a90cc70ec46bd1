using Federation.Cli.Session;
using Federation.Domain.Resources;

namespace Federation.Cli.Applying;

/// <summary>What is to be removed.</summary>
internal sealed record Doomed(ResourceKind Kind, string Namespace, string Name)
{
    public string Text => ResourceTarget.Of(Kind, Name);
}
