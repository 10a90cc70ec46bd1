using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Federation.Grpc.Server;
using Federation.Grpc.Tests.Probes;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;

namespace Federation.Grpc.Tests;

/// <summary>Clients that speak HTTP/2 but not gRPC, or not well.</summary>
public sealed class RawHttpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WrongContentType_Is415()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using HttpResponseMessage response = await PostAsync(server, ProbeMethods.Ask.Path, Frame(new ProbeRequest()), contentType: "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task UnknownPath_IsUnimplementedForGrpcAndNotFoundForOthers()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using HttpResponseMessage grpc = await PostAsync(server, "/no.such.Service/Method", Frame(new ProbeRequest()));
        using HttpResponseMessage other = await PostAsync(server, "/no.such.Service/Method", [], contentType: "text/plain");

        Assert.Equal((HttpStatusCode.OK, "12"), (grpc.StatusCode, Status(grpc)));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Get_IsNotAllowed()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, ProbeMethods.Ask.Path)));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("truncated prefix", "13")]
    [InlineData("truncated message", "13")]
    [InlineData("oversize", "8")]
    [InlineData("negative length", "8")]
    [InlineData("compressed without encoding", "13")]
    [InlineData("undefined flag", "13")]
    [InlineData("not protobuf", "13")]
    [InlineData("no message", "13")]
    [InlineData("two messages", "13")]
    public async Task BrokenFraming_EndsTheCallWithAStatus(string how, string status)
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        byte[] frame = Frame(new ProbeRequest { Text = "hello" });
        byte[] body = how switch
        {
            "truncated prefix" => frame[..3],
            "truncated message" => frame[..^1],
            "oversize" => [0, 0, 0x40, 0, 1],
            "negative length" => [0, 0xff, 0xff, 0xff, 0xff],
            "compressed without encoding" => [1, .. frame[1..]],
            "undefined flag" => [2, .. frame[1..]],
            "not protobuf" => [0, 0, 0, 0, 2, 0xff, 0xff],
            "no message" => [],
            "two messages" => [.. frame, .. frame],
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };

        using HttpResponseMessage response = await PostAsync(server, ProbeMethods.Ask.Path, body);

        Assert.Equal((HttpStatusCode.OK, status), (response.StatusCode, Status(response)));
    }

    [Fact]
    public async Task GzipBomb_IsStoppedAtTheLimit()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using MemoryStream bomb = new();
        await using (System.IO.Compression.GZipStream gzip = new(bomb, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            await gzip.WriteAsync(new byte[100_000_000], Ct);
        byte[] body = [1, 0, 0, 0, 0, .. bomb.ToArray()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), (int)bomb.Length);

        using HttpResponseMessage response = await PostAsync(server, ProbeMethods.Ask.Path, body, ("grpc-encoding", "gzip"));

        Assert.Equal("8", Status(response));
    }

    [Theory]
    [InlineData("grpc-timeout", "soon", "13")]
    [InlineData("grpc-timeout", "123456789S", "13")]
    [InlineData("grpc-timeout", "5S", "0")]
    [InlineData("grpc-encoding", "snappy", "12")]
    [InlineData("grpc-encoding", "identity", "0")]
    public async Task Headers_AreJudged(string name, string value, string status)
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using HttpResponseMessage response = await PostAsync(server, ProbeMethods.Ask.Path, Frame(new ProbeRequest()), (name, value));

        Assert.Equal(status, Status(response));
    }

    [Fact]
    public async Task Map_WithoutAuthorize_Throws()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpcServer(_ => { });
        await using WebApplication app = builder.Build();

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => app.MapGrpcUnary(
            ProbeMethods.Ask, AllowedPeers.Agents, (_, _) => Task.FromResult(new ProbeReply())));

        Assert.Contains(nameof(GrpcServerOptions.Authorize), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_WithoutPeersOrOfAnotherKind_Throws()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpcServer(options => options.Authorize = (_, _) => true);
        await using WebApplication app = builder.Build();

        Assert.Throws<ArgumentNullException>(() => app.MapGrpcUnary(ProbeMethods.Ask, null!, (_, _) => Task.FromResult(new ProbeReply())));
        Assert.Throws<ArgumentException>(() => app.MapGrpcUnary(ProbeMethods.Chat, AllowedPeers.Agents, (_, _) => Task.FromResult(new ProbeReply())));
    }

    private static byte[] Frame(IMessage message)
    {
        byte[] frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    private static string? Status(HttpResponseMessage response) =>
        (response.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing : response.Headers.GetValues("grpc-status")).Single();

    private static Task<HttpResponseMessage> PostAsync(
        ProbeServer server, string path, byte[] body, (string Name, string Value)? header = null, string contentType = "application/grpc")
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Address, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (header is var (name, value))
            request.Headers.Add(name, value);
        return SendAsync(request);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using HttpClient client = new();
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return await client.SendAsync(request, Ct);
    }
}
