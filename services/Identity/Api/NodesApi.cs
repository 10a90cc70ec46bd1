using System.Security.Cryptography;
using System.Text.Json;
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
    private const int MostWaiting = 64;
    private static int _waiting;

    public static void MapNodes(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/jointokens", CreateTokenAsync).RequirePlatformAdmin().WithName("CreateJoinToken").WithTags("JoinToken");
        endpoints.MapGet("/v1/revocations", ListRevocations).RequirePlatformAdmin().WithName("ListRevocations").WithTags("Revocation");
        endpoints.MapPost("/v1/revocations", RevokeAsync).RequirePlatformAdmin().WithName("CreateRevocation").WithTags("Revocation");
        endpoints.MapGet(IdentityRevocations.Path, PublishedRevocationsAsync).AllowAnonymousCaller("names of revoked nodes, for the services that refuse their certificates");
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

    // Whoever knows the list and is ready to wait is answered when it changes, or when the wait is over. Anyone may ask: only so many are let wait.
    private static async Task<IResult> PublishedRevocationsAsync(HttpContext http, IStore store, PlaneCustodian custodian, TimeProvider time)
    {
        string known = http.Request.Headers.IfNoneMatch.ToString();
        if (known.Length > 0 && http.Request.Headers["Prefer"].ToString().StartsWith("wait=", StringComparison.Ordinal) && Interlocked.Increment(ref _waiting) is var waiting)
        {
            try
            {
                if (waiting <= MostWaiting) await UntilOtherAsync(known, http, store, custodian, time);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
        byte[] list = Published(store, custodian, time);
        http.Response.Headers.ETag = Tag(list);
        return known == Tag(list) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Bytes(list, "application/json");
    }

    private static async Task UntilOtherAsync(string known, HttpContext http, IStore store, PlaneCustodian custodian, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(IdentityRevocations.Wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, limit.Token, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        try
        {
            await foreach (StoreWatchBatch _ in store.WatchAsync(null, [StoreKinds.Revocation], either.Token))
                if (Tag(Published(store, custodian, time)) != known) return;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The wait is over.
        }
    }

    // Certificates live a day, so an older revocation is told by the refusal to renew alone.
    private static byte[] Published(IStore store, PlaneCustodian custodian, TimeProvider time) => JsonSerializer.SerializeToUtf8Bytes(
        new SortedDictionary<string, DateTimeOffset>(RevocationDocument.All(store.Current, custodian.Authority.Trust.Plane).Where(one => time.GetUtcNow() < one.Value.AddDays(2)).ToDictionary(), StringComparer.Ordinal));

    private static string Tag(byte[] list) => $"\"{Convert.ToHexStringLower(SHA256.HashData(list))[..32]}\"";

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
