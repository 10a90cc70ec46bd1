using Federation.Domain.Tenancy;
using Microsoft.AspNetCore.Builder;

namespace Federation.ServiceDefaults.Auth;

/// <summary>How an endpoint says who may call it. A service does not start while an endpoint under <c>/v1</c> says nothing.</summary>
public static class AccessConventions
{
    /// <summary>Any principal of the tenant.</summary>
    public static TBuilder RequireViewer<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.Require(new(Role.Viewer));

    /// <summary>A principal that may write workloads and what belongs to them.</summary>
    public static TBuilder RequireDeployer<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.Require(new(Role.Deployer));

    /// <summary>An administrator of the tenant.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.Require(new(Role.Admin));

    /// <summary>An administrator of the platform: role admin in the tenant <c>system</c>.</summary>
    public static TBuilder RequirePlatformAdmin<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.Require(new(Role.Admin, PlatformAdmin: true));

    /// <summary>Anyone, without a token.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="reason">Why that is right, for whoever reviews the list of endpoints.</param>
    public static TBuilder AllowAnonymousCaller<TBuilder>(this TBuilder endpoint, string reason) where TBuilder : IEndpointConventionBuilder
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        endpoint.Add(builder => builder.Metadata.Add(new AnonymousCaller(reason)));
        return endpoint;
    }

    private static TBuilder Require<TBuilder>(this TBuilder endpoint, RequiredAccess access) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(access));
        return endpoint;
    }
}
