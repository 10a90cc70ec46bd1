using Federation.Grpc.Client;
using Federation.Grpc.Metadata;

namespace Federation.Grpc.Tests.Probes;

internal static class ProbeCalls
{
    /// <summary>Asks once and returns what came along with the reply.</summary>
    public static async Task<(GrpcMetadata Headers, GrpcMetadata Trailers)> AskForMetadataAsync(
        this GrpcChannel channel, GrpcCallOptions options, CancellationToken cancellationToken)
    {
        await using var call = await channel.OpenAsync(ProbeMethods.Ask, options, cancellationToken);
        await call.SendSingleAsync(new ProbeRequest(), cancellationToken);
        await call.ReceiveSingleAsync(cancellationToken);
        return (call.ResponseHeaders, call.ResponseTrailers);
    }
}
