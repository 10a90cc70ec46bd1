using System.Net;
using System.Security.Cryptography.X509Certificates;
using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Grpc.Client;
using Federation.Grpc.Server;
using Federation.Grpc.Streams;
using Federation.Security.Enrollment;
using Federation.Security.Tls;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;
using Federation.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Federation.Services.Tests.Identity;

/// <summary>A revoked node is out at once, whatever it has open at whichever service.</summary>
public sealed class RevocationTests : IdentityTest
{
    [Fact]
    public async Task Revoke_NodeWithOpenStreams_BreaksThemOffAndNoOthers()
    {
        int rest = FreePort.Next(), grpc = FreePort.Next();
        await using WebApplication service = Service(rest, grpc);
        await service.StartAsync(Cancel);
        using (var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{rest}") })
            while (!(await http.GetAsync("/health", Cancel)).IsSuccessStatusCode) await Task.Delay(20, Cancel);
        using var key = MachineKey.Create();
        using X509Certificate2 doomed = await Host.EnrollNodeAsync(new NodeKey(new("eu-cloud"), new("n1")), key);
        using X509Certificate2 other = await Host.EnrollNodeAsync(new NodeKey(new("eu-cloud"), new("n2")), key);
        using GrpcChannel doomedChannel = Channel(grpc, doomed), otherChannel = Channel(grpc, other);
        await using IMessageStream<AgentMessage, PlacementMessage> doomedStream = await OpenAsync(doomedChannel), otherStream = await OpenAsync(otherChannel);

        string admin = await Host.AdminTokenAsync();
        using HttpResponseMessage revoked = await Host.SendAsync(HttpMethod.Post, "/v1/revocations", admin, new RevocationRequest("eu-cloud", "n1"));
        Assert.Equal(HttpStatusCode.Created, revoked.StatusCode);

        // Well before the next turn of anything that is asked in turns.
        await Assert.ThrowsAnyAsync<StreamBrokenException>(async () => await doomedStream.ReceiveAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        await otherStream.SendAsync(new AgentMessage(), Cancel);
        Assert.True((await otherStream.ReceiveAsync(Cancel)).Received);
        await Assert.ThrowsAnyAsync<Exception>(() => OpenAsync(doomedChannel));
        await service.StopAsync(Cancel);
    }

    [Fact]
    public async Task List_AskedForWithAWait_IsAnsweredWhenItChanges()
    {
        using var key = MachineKey.Create();
        using X509Certificate2 certificate = await Host.EnrollNodeAsync(new NodeKey(new("eu-cloud"), new("n1")), key);
        using HttpResponseMessage first = await Host.Http.GetAsync(IdentityRevocations.Path, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, IdentityRevocations.Path);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        request.Headers.TryAddWithoutValidation("Prefer", "wait=20");
        Task<HttpResponseMessage> waiting = Host.Http.SendAsync(request, Cancel);
        Assert.False(waiting.IsCompleted);
        using HttpResponseMessage revoked = await Host.SendAsync(HttpMethod.Post, "/v1/revocations", await Host.AdminTokenAsync(), new RevocationRequest("eu-cloud", "n1"));
        using HttpResponseMessage second = await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Contains("/agent/eu-cloud/n1", await second.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, IdentityRevocations.Path);
        again.Headers.IfNoneMatch.Add(second.Headers.ETag!);
        using HttpResponseMessage third = await Host.Http.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, third.StatusCode);
    }

    // Says back what agents say, for as long as they like.
    private WebApplication Service(int rest, int grpc)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
        [
            $"--Federation:StateDirectory={Path.Combine(Folder, "echo")}", $"--Federation:JoinTokenFile={Host.Bootstrap("service-placement.token")}",
            $"--Federation:AuthorityFile={Host.Bootstrap("authority.pem")}", $"--services:identity:http:0={Host.Http.BaseAddress}", $"--services:identity:grpc:0={Host.Grpc}",
            $"--Federation:HttpPort={rest}", $"--Federation:GrpcPort={grpc}",
        ]);
        builder.AddServiceDefaults("placement");
        builder.Logging.ClearProviders();
        builder.AddPlaneAuth();
        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.UsePlaneAuth();
        app.MapGrpcDuplex(PlaneMethods.StreamAssignments, AllowedPeers.Agents, async (stream, call) =>
        {
            while ((await stream.ReceiveAsync(call.CancellationToken)).Received) await stream.SendAsync(new PlacementMessage(), call.CancellationToken);
        });
        return app;
    }

    private GrpcChannel Channel(int port, X509Certificate2 certificate) => new(new Uri($"https://localhost:{port}"), new GrpcChannelOptions
    {
        ServerCertificateValidation = PlaneTls.ForEnrollment(Host.Trust, "placement", Time).RemoteCertificateValidationCallback,
        ClientCertificate = () => certificate,
    });

    private static async Task<IMessageStream<AgentMessage, PlacementMessage>> OpenAsync(GrpcChannel channel)
    {
        IMessageStream<AgentMessage, PlacementMessage> stream = await channel.DuplexAsync(PlaneMethods.StreamAssignments, null, Cancel);
        await stream.SendAsync(new AgentMessage(), Cancel);
        Assert.True((await stream.ReceiveAsync(Cancel)).Received);
        return stream;
    }
}
