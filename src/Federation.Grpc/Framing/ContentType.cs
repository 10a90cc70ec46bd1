namespace Federation.Grpc.Framing;

/// <summary>The content types of gRPC with protobuf messages.</summary>
internal static class ContentType
{
    public const string Grpc = "application/grpc";

    public static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase))
            return false;
        ReadOnlySpan<char> rest = contentType.AsSpan(Grpc.Length);
        int parameters = rest.IndexOf(';');
        ReadOnlySpan<char> format = (parameters < 0 ? rest : rest[..parameters]).TrimEnd();
        return format.IsEmpty || format.Equals("+proto", StringComparison.OrdinalIgnoreCase);
    }
}
