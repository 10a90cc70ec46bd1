using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Identity.Enrolling;
using Federation.Identity.Planes;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Api;

/// <summary>How nodes come into the plane, and out of it: join tokens and revocations.</summary>
internal static class NodesApi
{
    public static void MapNodes(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/jointokens", CreateTokenAsync).RequirePlatformAdmin().WithName("CreateJoinToken").WithTags("JoinToken");
        endpoints.MapGet("/v1/revocations", ListRevocations).RequirePlatformAdmin().WithName("ListRevocations").WithTags("Revocation");
        endpoints.MapPost("/v1/revocations", RevokeAsync).RequirePlatformAdmin().WithName("CreateRevocation").WithTags("Revocation");
        endpoints.MapGet("/.well-known/federation-revocations.json", PublishedRevocations).AllowAnonymousCaller("names of revoked nodes, for the services that refuse their certificates");
    }

    private static async Task<IResult> CreateTokenAsync(HttpContext http, JoinTokenRequest request, IStore store, PlaneCustodian custodian, TimeProvider time, IChance chance)
    {
        if (Name.Violation(request.Cluster) is { } clusterRule) return ResourceProblem.Invalid($"cluster: {clusterRule}").ToResult();
        if (request.Node is not null && Name.Violation(request.Node) is { } nodeRule) return ResourceProblem.Invalid($"node: {nodeRule}").ToResult();
        if (request.LifetimeSeconds is < 60 or > 86_400) return ResourceProblem.Invalid("lifetimeSeconds is 60 to 86400").ToResult();
        Principal by = http.GetPrincipal();
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now.AddSeconds(request.LifetimeSeconds ?? 3600);
        var token = JoinToken.Create(custodian.Authority.Trust);
        DocumentKey key = StoreKinds.ForToken(token.Id);
        await store.CommitAsync(new StoreTransaction
        {
            Writes =
            [
                new(key, StoreDocuments.Encode(new JoinTokenDocument
                {
                    Id = token.Id,
                    SecretHash = token.SecretHash(),
                    ExpiresAt = expires,
                    CreatedBy = by.Name,
                    Cluster = new ClusterId(request.Cluster),
                    Node = request.Node is { } node ? new NodeId(node) : null,
                })),
                AuditTrail.Record(new WriteContext(by.Tenant, by.Name, store.Current, now), "created", key, chance),
            ],
        }, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new JoinTokenReply(token.Reveal(), expires), statusCode: 201);
    }

    private static IResult ListRevocations(IStore store) => TypedResults.Json(new ItemList<RevocationView>(
        [.. store.Current.ReadAll<RevocationDocument>(StoreKinds.Revocation).Select(one => new RevocationView(one.Node.Cluster.Value, one.Node.Node.Value, one.RevokedAt))]));

    // Certificates live a day, so an older revocation is told by the refusal to renew alone.
    private static IResult PublishedRevocations(IStore store, PlaneCustodian custodian, TimeProvider time) => TypedResults.Json(
        RevocationDocument.All(store.Current, custodian.Authority.Trust.Plane).Where(one => time.GetUtcNow() < one.Value.AddDays(2)).ToDictionary());

    private static async Task<IResult> RevokeAsync(HttpContext http, RevocationRequest request, IStore store, RevokedPeers revoked, PlaneCustodian custodian, TimeProvider time, IChance chance)
    {
        if (Name.Violation(request.Cluster) is { } clusterRule) return ResourceProblem.Invalid($"cluster: {clusterRule}").ToResult();
        if (Name.Violation(request.Node) is { } nodeRule) return ResourceProblem.Invalid($"node: {nodeRule}").ToResult();
        var node = new NodeKey(new(request.Cluster), new(request.Node));
        IStoreSnapshot snapshot = store.Current;
        if (snapshot.Get(EnrollmentDesk.MemberKey(new Peer.Agent(node))) is null) return ResourceProblem.NotFound($"the node {node}").ToResult();
        Principal by = http.GetPrincipal();
        DateTimeOffset now = time.GetUtcNow();
        DocumentKey key = StoreKinds.ForRevocation(node);
        await store.CommitAsync(new StoreTransaction
        {
            Writes =
            [
                new(key, StoreDocuments.Encode(new RevocationDocument(node, now, by.Name))),
                AuditTrail.Record(new WriteContext(by.Tenant, by.Name, snapshot, now), "revoked", key, chance),
            ],
        }, http.RequestAborted);
        revoked.Replace(RevocationDocument.All(store.Current, custodian.Authority.Trust.Plane));
        return TypedResults.Json(new RevocationView(request.Cluster, request.Node, now), statusCode: 201);
    }
}
