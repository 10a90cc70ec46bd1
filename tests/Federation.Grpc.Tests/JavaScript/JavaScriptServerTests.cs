using System.Security.Cryptography.X509Certificates;
using Federation.Grpc.Client;
using Federation.Grpc.Metadata;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Federation.Grpc.Tests.Probes;
using Google.Protobuf;

namespace Federation.Grpc.Tests.JavaScript;

/// <summary>Our client calls @grpc/grpc-js.</summary>
public sealed class JavaScriptServerTests(JavaScriptServer server) : IClassFixture<JavaScriptServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unary_IsEchoed()
    {
        using GrpcChannel channel = await ConnectAsync();

        ProbeReply reply = await channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Text = "grüße", Count = -3 }, cancellationToken: Ct);

        Assert.Equal(("grüße", -3), (reply.Text, reply.Count));
    }

    [Fact]
    public async Task ServerStream_ArrivesInOrder()
    {
        using GrpcChannel channel = await ConnectAsync();
        await using var call = await channel.ServerStreamAsync(ProbeMethods.Spread, new ProbeRequest { Count = 1000 }, cancellationToken: Ct);

        List<int> counts = [];
        while (await call.ReceiveAsync(Ct) is (true, { } reply))
            counts.Add(reply.Count);

        Assert.Equal(Enumerable.Range(0, 1000), counts);
    }

    [Fact]
    public async Task ClientStream_GetsOneReply()
    {
        using GrpcChannel channel = await ConnectAsync();
        await using var call = await channel.ClientStreamAsync(ProbeMethods.Collect, cancellationToken: Ct);
        for (int i = 0; i < 5; i++)
            await call.SendAsync(new ProbeRequest { Text = $"{i}" }, Ct);
        await call.CompleteAsync(Ct);

        Assert.Equal("0,1,2,3,4", (await call.ReceiveSingleAsync(Ct)).Text);
    }

    [Fact]
    public async Task Duplex_AnswersEachBeforeTheNext()
    {
        using GrpcChannel channel = await ConnectAsync();
        await using var call = await channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        for (int i = 0; i < 100; i++)
        {
            await call.SendAsync(new ProbeRequest { Count = i }, Ct);
            Assert.Equal(i, (await call.ReceiveAsync(Ct)).Message.Count);
        }
        await call.CompleteAsync(Ct);

        Assert.False((await call.ReceiveAsync(Ct)).Received);
    }

    [Fact]
    public async Task Metadata_TravelsBothWays()
    {
        using GrpcChannel channel = await ConnectAsync();
        byte[] bytes = [0, 1, 2, 255];
        GrpcCallOptions options = new() { Headers = new GrpcMetadata().Add("probe-text", "a, b ~").Add("probe-bin", bytes) };

        (GrpcMetadata headers, GrpcMetadata trailers) = await channel.AskForMetadataAsync(options, Ct);

        Assert.Equal(("a, b ~", "none"), (headers.Text("probe-text"), headers.Text("probe-peer")));
        Assert.Equal(bytes, trailers.Bytes("probe-bin"));
    }

    [Fact]
    public async Task Status_CarriesUnicodeAndTrailers()
    {
        using GrpcChannel channel = await ConnectAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { FailCode = 10, FailDetail = "100 % änderung ✓ 🚀" }, cancellationToken: Ct));

        Assert.Equal((StatusCode.Aborted, "100 % änderung ✓ 🚀", "asked"), (e.StatusCode, e.Detail, e.Trailers.Text("probe-why")));
    }

    [Fact]
    public async Task Status_OfADuplexCall_BreaksTheStream()
    {
        using GrpcChannel channel = await ConnectAsync();
        await using var call = await channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        await call.SendAsync(new ProbeRequest { FailCode = 3, FailDetail = "bad" }, Ct);

        StreamBrokenException e = await Assert.ThrowsAsync<StreamBrokenException>(async () => await call.ReceiveAsync(Ct));

        Assert.Equal((StatusCode.InvalidArgument, "bad"), (((RpcException)e.InnerException!).StatusCode, ((RpcException)e.InnerException).Detail));
    }

    [Fact]
    public async Task Deadline_EndsTheCallOnBothSides()
    {
        using GrpcChannel channel = await ConnectAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { Hang = true, Text = "by-deadline" }, new GrpcCallOptions { Timeout = TimeSpan.FromMilliseconds(1000) }, Ct));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await server.SaidAsync("cancelled by-deadline", Ct);
    }

    [Fact]
    public async Task Cancellation_ReachesTheServer()
    {
        using GrpcChannel channel = await ConnectAsync();
        var call = await channel.ServerStreamAsync(ProbeMethods.Spread, new ProbeRequest { Count = 1, Hang = true, Text = "by-dispose" }, cancellationToken: Ct);
        Assert.True((await call.ReceiveAsync(Ct)).Received);

        await call.DisposeAsync();

        await server.SaidAsync("cancelled by-dispose", Ct);
    }

    [Fact]
    public async Task Messages_LargeOnes_Arrive()
    {
        using GrpcChannel channel = await ConnectAsync();
        ByteString payload = ByteString.CopyFrom(new byte[3_900_000]);

        ProbeReply reply = await channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Payload = payload }, cancellationToken: Ct);

        Assert.Equal(payload, reply.Payload);
    }

    [Fact]
    public async Task Messages_TooLargeForTheServer_AreRefused()
    {
        using GrpcChannel channel = await ConnectAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { Payload = ByteString.CopyFrom(new byte[5_000_000]) }, cancellationToken: Ct));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task UnknownService_IsUnimplemented()
    {
        using GrpcChannel channel = await ConnectAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(OtherMethods.Enroll, new Contracts.V1.EnrollRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }

    [Fact]
    public async Task Calls_ManyAtOnce_AllEnd()
    {
        using GrpcChannel channel = await ConnectAsync();

        ProbeReply[] replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
            channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Count = i }, cancellationToken: Ct)));

        Assert.Equal(Enumerable.Range(0, 500), replies.Select(r => r.Count));
    }

    [Fact]
    public async Task Mtls_ServerSeesOurCertificate()
    {
        await server.StartAsync();
        using X509Certificate2 certificate = server.Authority.Issue("our-client");
        using GrpcChannel channel = new(server.Mtls, new GrpcChannelOptions
        {
            ClientCertificate = () => certificate,
            ServerCertificateValidation = server.Authority.Trusts,
        });

        (GrpcMetadata headers, _) = await channel.AskForMetadataAsync(GrpcCallOptions.None, Ct);

        Assert.Equal("our-client", headers.Text("probe-peer"));
    }

    [Fact]
    public async Task Mtls_WithoutCertificate_IsUnavailable()
    {
        await server.StartAsync();
        using GrpcChannel channel = new(server.Mtls, new GrpcChannelOptions { ServerCertificateValidation = server.Authority.Trusts });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task Mtls_ServerOfAnotherAuthority_IsRefused()
    {
        await server.StartAsync();
        using TestAuthority other = new();
        using GrpcChannel channel = new(server.Mtls, new GrpcChannelOptions { ServerCertificateValidation = other.Trusts });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    private async Task<GrpcChannel> ConnectAsync()
    {
        await server.StartAsync();
        return new GrpcChannel(server.Plain);
    }
}
