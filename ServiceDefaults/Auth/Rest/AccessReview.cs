using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Finds endpoints that forgot to say who may call them.</summary>
public static class AccessReview
{
    /// <summary>The endpoints under <c>/v1</c> that carry neither <see cref="RequiredAccess"/> nor <see cref="AnonymousCaller"/>, or both, each by its method and path.</summary>
    public static IReadOnlyList<string> Undeclared(IEnumerable<Endpoint> endpoints) =>
    [
        .. endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => Path(endpoint) is var path && (path == "/v1" || path.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase)))
            .Where(endpoint => endpoint.Metadata.GetMetadata<RequiredAccess>() is not null == endpoint.Metadata.GetMetadata<AnonymousCaller>() is not null)
            .Select(endpoint => $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])} {Path(endpoint)}")
            .Order(StringComparer.Ordinal),
    ];

    private static string Path(RouteEndpoint endpoint) => "/" + (endpoint.RoutePattern.RawText ?? "").TrimStart('/');
}
