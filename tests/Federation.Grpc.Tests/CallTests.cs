using Federation.Grpc.Client;
using Federation.Grpc.Metadata;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Federation.Grpc.Tests.Probes;
using Google.Protobuf;

namespace Federation.Grpc.Tests;

public sealed class CallTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unary_Echo_ReturnsTheReply()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        ProbeReply reply = await channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Text = "hello", Count = 7 }, cancellationToken: Ct);

        Assert.Equal(("hello", 7), (reply.Text, reply.Count));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "not here")]
    [InlineData(StatusCode.Aborted, "100 % änderung ✓ 🚀\r\nzweite Zeile")]
    [InlineData(StatusCode.Unauthenticated, "")]
    public async Task Unary_HandlerThrowsStatus_CarriesCodeDetailAndTrailers(StatusCode code, string detail)
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { FailCode = (int)code, FailDetail = detail }, cancellationToken: Ct));

        Assert.Equal((code, detail, "asked"), (e.StatusCode, e.Detail, e.Trailers.Text("probe-why")));
    }

    [Fact]
    public async Task Unary_HandlerFails_TellsNothingOfTheException()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { FailCode = 99, FailDetail = "the password is 1234" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("1234", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duplex_ServerHeardBeforeTheRequestStreamIsLent_IsSentToAllTheSame()
    {
        using var http = new LateLender();
        using var channel = new GrpcChannel(new Uri("http://localhost"), new GrpcChannelOptions { Handler = http });

        Task<GrpcClientCall<ProbeRequest, ProbeReply>> starting = channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        await http.Answered.Task;
        http.Lend();
        await using GrpcClientCall<ProbeRequest, ProbeReply> call = await starting;
        await call.SendAsync(new ProbeRequest { Text = "hello" }, Ct);

        var read = await http.Sent.ReadAtLeastAsync(5 + new ProbeRequest { Text = "hello" }.CalculateSize(), Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(5 + new ProbeRequest { Text = "hello" }.CalculateSize(), read.Buffer.Length);
    }

    [Fact]
    public async Task ServerStream_ManyReplies_ArriveInOrderAndEnd()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        await using var call = await channel.ServerStreamAsync(ProbeMethods.Spread, new ProbeRequest { Count = 1000 }, cancellationToken: Ct);
        List<int> counts = [];
        while (await call.ReceiveAsync(Ct) is (true, { } reply))
            counts.Add(reply.Count);

        Assert.Equal(Enumerable.Range(0, 1000), counts);
    }

    [Fact]
    public async Task ServerStream_FailsAfterReplies_RepliesComeFirst()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        await using var call = await channel.ServerStreamAsync(ProbeMethods.Spread, new ProbeRequest { Count = 2, FailCode = 9, FailDetail = "no" }, cancellationToken: Ct);

        Assert.True((await call.ReceiveAsync(Ct)).Received);
        Assert.True((await call.ReceiveAsync(Ct)).Received);
        StreamBrokenException e = await Assert.ThrowsAsync<StreamBrokenException>(async () => await call.ReceiveAsync(Ct));
        Assert.Equal(StatusCode.FailedPrecondition, Assert.IsType<RpcException>(e.InnerException).StatusCode);
    }

    [Fact]
    public async Task ClientStream_ManyRequests_GetOneReply()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        await using var call = await channel.ClientStreamAsync(ProbeMethods.Collect, cancellationToken: Ct);
        for (int i = 0; i < 5; i++)
            await call.SendAsync(new ProbeRequest { Text = $"{i}" }, Ct);
        await call.CompleteAsync(Ct);
        ProbeReply reply = await call.ReceiveSingleAsync(Ct);

        Assert.Equal((5, "0,1,2,3,4"), (reply.Count, reply.Text));
    }

    [Fact]
    public async Task Duplex_EachRequest_IsAnsweredBeforeTheNext()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

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
    public async Task Duplex_CancelledReceive_CanBeRepeated()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        await using var call = await channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        await call.SendAsync(new ProbeRequest { Count = 1 }, Ct);
        Assert.Equal(1, (await call.ReceiveAsync(Ct)).Message.Count);

        using CancellationTokenSource impatient = new();
        Task pending = call.ReceiveAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        await call.SendAsync(new ProbeRequest { Count = 2 }, Ct);

        Assert.Equal(2, (await call.ReceiveAsync(Ct)).Message.Count);
    }

    [Fact]
    public async Task Metadata_TextAndBytes_TravelBothWays()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        byte[] bytes = [0, 1, 2, 255];
        GrpcCallOptions options = new() { Headers = new GrpcMetadata().Add("probe-text", "a, b ~").Add("probe-bin", bytes) };

        (GrpcMetadata headers, GrpcMetadata trailers) = await channel.AskForMetadataAsync(options, Ct);

        Assert.Equal("a, b ~", headers.Text("probe-text"));
        Assert.Equal(bytes, trailers.Bytes("probe-bin"));
    }

    [Fact]
    public async Task Deadline_Passed_EndsTheCallAndTellsTheServer()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { Hang = true }, new GrpcCallOptions { Timeout = TimeSpan.FromMilliseconds(1000) }, Ct));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await server.SawCancellation.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Deadline_PassedInsideAStream_BreaksIt()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        await using var call = await channel.ServerStreamAsync(
            ProbeMethods.Spread, new ProbeRequest { Count = 1, Hang = true }, new GrpcCallOptions { Timeout = TimeSpan.FromMilliseconds(1500) }, Ct);
        Assert.True((await call.ReceiveAsync(Ct)).Received);
        StreamBrokenException e = await Assert.ThrowsAsync<StreamBrokenException>(async () => await call.ReceiveAsync(Ct));

        Assert.Equal(StatusCode.DeadlineExceeded, Assert.IsType<RpcException>(e.InnerException).StatusCode);
    }

    [Fact]
    public async Task Cancellation_OfTheClient_ReachesTheHandler()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        using CancellationTokenSource cancel = new();

        Task<ProbeReply> call = channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Hang = true, Text = "x" }, cancellationToken: cancel.Token);
        await server.Hangs.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await server.SawCancellation.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Dispose_OfAnOpenStream_BreaksItAtTheServer()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        var call = await channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        await call.SendAsync(new ProbeRequest(), Ct);
        await call.ReceiveAsync(Ct);

        await call.DisposeAsync();

        await server.SawBreak.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Receive_ServerDies_BreaksAtOnce()
    {
        ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        await using var call = await channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        await call.SendAsync(new ProbeRequest(), Ct);
        await call.ReceiveAsync(Ct);

        Task pending = call.ReceiveAsync(Ct).AsTask();
        using (CancellationTokenSource now = new())
        {
            await now.CancelAsync();
            await server.StopAsync(now.Token);
        }

        await Assert.ThrowsAsync<StreamBrokenException>(() => pending.WaitAsync(TimeSpan.FromSeconds(10), Ct));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Messages_LargerThanTheWindow_Arrive()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        ByteString payload = ByteString.CopyFrom(new byte[3_900_000]);

        ProbeReply reply = await channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Payload = payload }, cancellationToken: Ct);

        Assert.Equal(payload.Length, reply.Payload.Length);
    }

    [Fact]
    public async Task Messages_LargerThanTheServersLimit_AreRefused()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { Payload = ByteString.CopyFrom(new byte[5_000_000]) }, cancellationToken: Ct));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task Messages_LargerThanTheClientsLimit_AreRefused()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect(new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            ProbeMethods.Ask, new ProbeRequest { Payload = ByteString.CopyFrom(new byte[2000]) }, cancellationToken: Ct));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task Calls_ManyAtOnce_AllEnd()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        ProbeReply[] replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
            channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest { Count = i }, cancellationToken: Ct)));

        Assert.Equal(Enumerable.Range(0, 500), replies.Select(r => r.Count));
    }

    [Fact]
    public async Task Connector_NobodyListens_SaysSo()
    {
        using GrpcChannel channel = new(new Uri("http://localhost:1"));
        GrpcConnector<ProbeRequest, ProbeReply> connector = new(channel, ProbeMethods.Chat);

        StreamBrokenException e = await Assert.ThrowsAsync<StreamBrokenException>(() => connector.ConnectAsync(Ct));

        Assert.Equal(StatusCode.Unavailable, Assert.IsType<RpcException>(e.InnerException).StatusCode);
    }

    [Fact]
    public async Task Unary_UnknownMethod_IsUnimplemented()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = new(server.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            OtherMethods.Enroll, new Contracts.V1.EnrollRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }
}
