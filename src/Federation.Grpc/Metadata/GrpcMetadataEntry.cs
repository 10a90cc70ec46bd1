namespace Federation.Grpc.Metadata;

/// <summary>One entry of metadata. Keys that end with <c>-bin</c> carry bytes, all others printable ASCII.</summary>
/// <param name="Key">Lower case.</param>
/// <param name="Text">The value as it stands in the header: base64 for a <c>-bin</c> key.</param>
public readonly record struct GrpcMetadataEntry(string Key, string Text)
{
    /// <summary>Whether the value is bytes.</summary>
    public bool IsBinary => Key.EndsWith("-bin", StringComparison.Ordinal);
}
