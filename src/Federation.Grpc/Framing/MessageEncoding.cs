namespace Federation.Grpc.Framing;

/// <summary>The encodings that are understood. Messages are always sent as they are; gzip is accepted from peers that use it.</summary>
internal static class MessageEncoding
{
    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string Accepted = "identity,gzip";

    public static bool IsSupported(string? encoding) => encoding is null or "" or Identity or Gzip;
}
