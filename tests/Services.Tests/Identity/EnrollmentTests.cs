using System.Net;
using System.Security.Cryptography.X509Certificates;
using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Grpc.Client;
using Federation.Grpc.Status;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.Security.Tls;
using Federation.ServiceDefaults.Grpc;

namespace Federation.Services.Tests.Identity;

public sealed class EnrollmentTests : IdentityTest
{
    private static readonly NodeKey Node = new(new("eu-cloud"), new("n1"));

    private Task<EnrollmentRefusedException> RefusedAsync(Task enroll) => Assert.ThrowsAsync<EnrollmentRefusedException>(() => enroll);

    private GrpcChannel Channel(X509Certificate2? certificate) => new(Host.Grpc, new GrpcChannelOptions
    {
        ServerCertificateValidation = PlaneTls.ForEnrollment(Host.Trust, "identity", Time).RemoteCertificateValidationCallback,
        ClientCertificate = () => certificate,
    });

    [Fact]
    public async Task Enroll_WithATokenForANode_GivesItsCertificate()
    {
        using var key = MachineKey.Create();
        JoinToken token = await Host.JoinTokenAsync("eu-cloud", "n1");
        // A machine that knows only its token begins with the authority, and checks it by the token's hash.
        PlaneTrust trust = PlaneTrust.FromDer(await Host.Issuer().FetchAuthorityAsync(Cancel));
        Assert.Equal(token.AuthorityHash, trust.AuthorityHash);
        using X509Certificate2 certificate = await Host.EnrollAsync(token, key);
        Assert.Equal(new PeerVerdict.Accepted(new Peer.Agent(Node)), trust.Judge(certificate, Time.GetUtcNow()));
    }

    [Fact]
    public async Task Enroll_UsedToken_ServesTheSameKeyAloneAgain()
    {
        using var first = MachineKey.Create();
        using var second = MachineKey.Create();
        JoinToken token = await Host.JoinTokenAsync("eu-cloud", null);
        using X509Certificate2 one = await Host.EnrollAsync(token, first, "n1");
        using X509Certificate2 again = await Host.EnrollAsync(token, first, "n1");
        Assert.NotEqual(one.SerialNumber, again.SerialNumber);
        await RefusedAsync(Host.EnrollAsync(token, second, "n1"));
        await RefusedAsync(Host.EnrollAsync(token, first, "n2"));
    }

    [Fact]
    public async Task Enroll_OneTokenByManyAtOnce_ExactlyOneWins()
    {
        JoinToken token = await Host.JoinTokenAsync("eu-cloud", null);
        MachineKey[] keys = [.. Enumerable.Range(0, 8).Select(_ => MachineKey.Create())];
        Task<X509Certificate2>[] tries = [.. keys.Select((key, i) => Host.EnrollAsync(token, key, $"n{i}"))];
        await Task.WhenAll(tries).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.Equal(1, tries.Count(one => one.IsCompletedSuccessfully));
        Assert.All(tries.Where(one => !one.IsCompletedSuccessfully), one => Assert.IsType<EnrollmentRefusedException>(one.Exception!.InnerException));
    }

    [Fact]
    public async Task Enroll_WrongTokens_AreRefusedAlike()
    {
        using var key = MachineKey.Create();
        JoinToken good = await Host.JoinTokenAsync("eu-cloud", "n1", 60);
        JoinToken wrongSecret = good with { Secret = new string('0', 64) };
        JoinToken unknown = good with { Id = new string('0', 16) };
        string first = (await RefusedAsync(Host.EnrollAsync(wrongSecret, key))).Message;
        Assert.Equal(first, (await RefusedAsync(Host.EnrollAsync(unknown, key))).Message);
        await RefusedAsync(Host.EnrollAsync(good, key, "n2"));
        Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(first, (await RefusedAsync(Host.EnrollAsync(good, key))).Message);
        await RefusedAsync(Host.Issuer().EnrollAsync(Host.Trust, good, [1, 2, 3], null, Cancel));
    }

    [Fact]
    public async Task Enroll_ClusterTokenForAMembersName_DoesNotTakeItsPlace()
    {
        using var member = MachineKey.Create();
        using var other = MachineKey.Create();
        (await Host.EnrollNodeAsync(Node, member)).Dispose();
        Assert.Contains("another key", (await RefusedAsync(Host.EnrollAsync(await Host.JoinTokenAsync("eu-cloud", null), other, "n1"))).Message);
        // An administrator's token for that very node replaces the machine, and the old one's renewals end.
        using X509Certificate2 old = await Host.EnrollNodeAsync(Node, member);
        (await Host.EnrollAsync(await Host.JoinTokenAsync("eu-cloud", "n1"), other)).Dispose();
        await RefusedAsync(Host.Issuer().RenewAsync(Host.Trust, old, member.CreateSigningRequest(), Cancel));
    }

    [Fact]
    public async Task Renew_ByItsKey_WorksUntilThirtyDaysAfterItsEnd()
    {
        using var key = MachineKey.Create();
        using var other = MachineKey.Create();
        using X509Certificate2 certificate = await Host.EnrollNodeAsync(Node, key);
        (key.Bind(await Host.Issuer().RenewAsync(Host.Trust, certificate, key.CreateSigningRequest(), Cancel))).Dispose();
        await RefusedAsync(Host.Issuer().RenewAsync(Host.Trust, certificate, other.CreateSigningRequest(), Cancel));
        Time.Advance(TimeSpan.FromDays(20));
        await RestartAsync();
        using X509Certificate2 renewed = key.Bind(await Host.Issuer().RenewAsync(Host.Trust, certificate, key.CreateSigningRequest(), Cancel));
        Assert.IsType<PeerVerdict.Accepted>(Host.Trust.Judge(renewed, Time.GetUtcNow()));
        Time.Advance(TimeSpan.FromDays(32));
        await RestartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Host.Issuer().RenewAsync(Host.Trust, renewed, key.CreateSigningRequest(), Cancel));
    }

    [Fact]
    public async Task Revoke_Node_EndsItsRenewalsUntilItJoinsAnew()
    {
        using var key = MachineKey.Create();
        using X509Certificate2 certificate = await Host.EnrollNodeAsync(Node, key);
        string admin = await Host.AdminTokenAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await Host.SendAsync(HttpMethod.Post, "/v1/revocations", admin, new RevocationRequest("eu-cloud", "n9"))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Host.SendAsync(HttpMethod.Post, "/v1/revocations", admin, new RevocationRequest("eu-cloud", "n1"))).StatusCode);
        await RefusedAsync(Host.Issuer().RenewAsync(Host.Trust, certificate, key.CreateSigningRequest(), Cancel));
        Assert.Contains("/agent/eu-cloud/n1", await Host.Http.GetStringAsync("/.well-known/federation-revocations.json", Cancel));
        Time.Advance(TimeSpan.FromMinutes(10));
        using X509Certificate2 anew = await Host.EnrollAsync(await Host.JoinTokenAsync("eu-cloud", "n1"), key);
        (key.Bind(await Host.Issuer().RenewAsync(Host.Trust, anew, key.CreateSigningRequest(), Cancel))).Dispose();
    }

    [Fact]
    public async Task Services_JoinByTheirFiles_AgainAndAgain()
    {
        using var first = MachineKey.Create();
        using var second = MachineKey.Create();
        using X509Certificate2 one = await Host.EnrollServiceAsync("placement", first);
        using X509Certificate2 two = await Host.EnrollServiceAsync("placement", second);
        Assert.Equal(new PeerVerdict.Accepted(new Peer.Service("placement")), Host.Trust.Judge(two, Time.GetUtcNow()));
    }

    [Fact]
    public async Task Feed_ServesServicesAlone()
    {
        using var key = MachineKey.Create();
        using X509Certificate2 agent = await Host.EnrollNodeAsync(Node, key);
        using X509Certificate2 service = await Host.EnrollServiceAsync("placement", key);
        using var foreignAuthority = PlaneAuthority.Create(Host.Trust.Plane, Time.GetUtcNow());
        using X509Certificate2 foreign = key.Bind(foreignAuthority.Issue(key.CreateSigningRequest(), new Peer.Service("placement"), Time.GetUtcNow()).Der);

        Assert.Contains("\"name\":\"default\"", await FirstDocumentAsync(service));
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(agent));
        Assert.Contains(await RefusalAsync(null), new[] { StatusCode.Unauthenticated, StatusCode.PermissionDenied });
        Assert.Equal(StatusCode.Unavailable, await RefusalAsync(foreign));
        Time.Advance(TimeSpan.FromHours(25));
        await RestartAsync();
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(service));
    }

    private async Task<string> FirstDocumentAsync(X509Certificate2 certificate)
    {
        using GrpcChannel channel = Channel(certificate);
        var request = new FeedRequest();
        // Kinds that are not for others are left out, whoever asks.
        request.Kinds.AddRange(["Namespace", "ServiceAccount", "SigningKey", "Plane", "JoinToken"]);
        await using var call = await channel.ServerStreamAsync(PlaneMethods.WatchFeed, request, null, Cancel);
        string text = "";
        while (true)
        {
            (bool received, FeedMessage message) = await call.ReceiveAsync(Cancel);
            if (!received || message.MessageCase == FeedMessage.MessageOneofCase.Synced) break;
            if (message.MessageCase != FeedMessage.MessageOneofCase.Document) continue;
            Assert.Equal("Namespace", message.Document.Kind);
            text += message.Document.Json.ToStringUtf8();
        }
        return text;
    }

    private async Task<StatusCode> RefusalAsync(X509Certificate2? certificate)
    {
        using GrpcChannel channel = Channel(certificate);
        try
        {
            await using var call = await channel.ServerStreamAsync(PlaneMethods.WatchFeed, new FeedRequest { Kinds = { "Namespace" } }, null, Cancel);
            await call.ReceiveAsync(Cancel);
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
        catch (Federation.Grpc.Streams.StreamBrokenException e) when (e.InnerException is RpcException inner)
        {
            return inner.StatusCode;
        }
    }
}
