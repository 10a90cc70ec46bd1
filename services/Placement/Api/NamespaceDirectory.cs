using Federation.Domain.Identifiers;
using Federation.Feeds;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Api;

/// <summary>Which namespaces there are, as Identity's feed tells.</summary>
public sealed class NamespaceDirectory(FeedFollower identity)
{
    /// <summary>The kinds that Placement follows at Identity.</summary>
    public static readonly IReadOnlyList<string> FollowedKinds = ["Namespace"];

    /// <summary>Why nothing may be written to the namespace; null if it may.</summary>
    public ResourceProblem? Refusal(TenantId tenant, string @namespace)
    {
        FeedView view = identity.Current;
        if (!view.Known) return ResourceProblem.Unavailable("Identity has not been heard since this service started, so the namespaces are unknown; try again");
        return view.OfKind("Namespace").ContainsKey($"{tenant}/{@namespace}")
            ? null
            : ResourceProblem.Unresolved($"namespace {@namespace} does not exist in tenant {tenant}; create it: fedctl apply a Namespace named {@namespace}");
    }
}
