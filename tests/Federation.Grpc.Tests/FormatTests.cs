using Federation.Contracts.V1;
using Federation.Grpc.Framing;
using Federation.Grpc.Metadata;
using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Federation.Grpc.Tests.Probes;

namespace Federation.Grpc.Tests;

/// <summary>The small formats of the protocol, and the checks of method definitions.</summary>
public sealed class FormatTests
{
    [Theory]
    [InlineData(1, "100n")]
    [InlineData(10_000, "1000000n")]
    [InlineData(10_000_000, "1000000u")]
    [InlineData(36_000_000_000, "3600000m")]
    [InlineData(0, "1n")]
    public void Timeout_Format_TakesTheFinestUnitThatFits(long ticks, string text) => Assert.Equal(text, GrpcTimeout.Format(TimeSpan.FromTicks(ticks)));

    [Theory]
    [InlineData(1)]
    [InlineData(123_456)]
    [InlineData(98_765_432_101)]
    [InlineData(9_876_543_210_123)]
    public void Timeout_RoundTrip_IsNeverShorter(long ticks)
    {
        TimeSpan sent = TimeSpan.FromTicks(ticks);

        Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(sent), out TimeSpan received));
        Assert.InRange(received, sent, sent * 1.0001);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-5S")]
    [InlineData("5 S")]
    [InlineData("5s")]
    [InlineData("1000000000n")]
    public void Timeout_Malformed_IsRefused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("50 %")]
    [InlineData("ä✓🚀\n\t")]
    public void StatusMessage_RoundTrip_IsTheSame(string text)
    {
        string encoded = StatusMessageEncoding.Encode(text);

        Assert.DoesNotContain(encoded, c => c is < ' ' or > '~');
        Assert.Equal(text, StatusMessageEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("50%", "50%")]
    [InlineData("%zz", "%zz")]
    [InlineData("%41%", "A%")]
    [InlineData("%e2%9C%93", "✓")]
    public void StatusMessage_MalformedEscape_StaysAsItIs(string encoded, string text) => Assert.Equal(text, StatusMessageEncoding.Decode(encoded));

    [Fact]
    public void StatusMessage_VeryLong_IsCutToWhatHeadersHold() => Assert.InRange(StatusMessageEncoding.Encode(new string('✓', 100_000)).Length, 4000, 4096);

    [Theory]
    [InlineData("grpc-status")]
    [InlineData("content-type")]
    [InlineData("Has Space")]
    [InlineData("x-bin")]
    [InlineData("")]
    public void Metadata_BadKey_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new GrpcMetadata().Add(key, "value"));

    [Fact]
    public void Metadata_BadValue_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new GrpcMetadata().Add("key", "zeile\neins"));
        Assert.Throws<ArgumentException>(() => new GrpcMetadata().Add("key", [1, 2]));
    }

    [Fact]
    public void Metadata_JoinedBinaryValues_AreTakenApart()
    {
        GrpcMetadata metadata = new();
        metadata.AddReceived("X-Bin", ["AQ==,Ag"]);

        Assert.Equal(["AQ==", "Ag"], metadata.Select(entry => entry.Text));
        Assert.Equal([2], metadata.Bytes("x-bin"));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc; charset=utf-8", true)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void ContentType_OnlyGrpcWithProtobuf(string? contentType, bool isGrpc) => Assert.Equal(isGrpc, ContentType.IsGrpc(contentType));

    [Fact]
    public void Method_PathAndKind_ComeFromTheDescriptor()
    {
        Assert.Equal(("/federation.probe.v1.Probe/Ask", GrpcMethodKind.Unary), (ProbeMethods.Ask.Path, ProbeMethods.Ask.Kind));
        Assert.Equal(GrpcMethodKind.ClientStreaming, ProbeMethods.Collect.Kind);
        Assert.Equal(GrpcMethodKind.ServerStreaming, ProbeMethods.Spread.Kind);
        Assert.Equal(GrpcMethodKind.Duplex, ProbeMethods.Chat.Kind);
    }

    [Fact]
    public void Method_OfAnotherNameOrMessage_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => GrpcMethod<ProbeRequest, ProbeReply>.Of(ProbeMethods.Service, "Nothing", ProbeRequest.Parser, ProbeReply.Parser));
        Assert.Throws<ArgumentException>(() => GrpcMethod<EnrollRequest, ProbeReply>.Of(ProbeMethods.Service, "Ask", EnrollRequest.Parser, ProbeReply.Parser));
        Assert.Throws<ArgumentException>(() => GrpcMethod<ProbeRequest, ProbeRequest>.Of(ProbeMethods.Service, "Ask", ProbeRequest.Parser, ProbeRequest.Parser));
    }
}
