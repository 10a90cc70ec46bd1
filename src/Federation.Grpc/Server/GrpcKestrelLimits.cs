using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Federation.Grpc.Server;

/// <summary>Kestrel's limits as long-lived streams between machines need them.</summary>
public static class GrpcKestrelLimits
{
    /// <summary>
    /// A dead peer is seen within 3 s (a ping after 1 s of silence, 2 s for its answer), one stream may fill a fast link, and a slow reader is
    /// held back by flow control rather than cut off.
    /// </summary>
    public static void UseGrpc(this KestrelServerLimits limits)
    {
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(2);
        limits.Http2.MaxStreamsPerConnection = 1000;
        limits.Http2.InitialStreamWindowSize = 2 * 1024 * 1024;
        limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        limits.MinResponseDataRate = null;
    }
}
