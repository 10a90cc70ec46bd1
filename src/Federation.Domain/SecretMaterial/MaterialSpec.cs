namespace Federation.Domain.SecretMaterial;

/// <summary>File name to content; at most 1 MiB in all.</summary>
public sealed record MaterialSpec
{
    /// <summary>Values as text.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Values as base64 of bytes.</summary>
    public IReadOnlyDictionary<string, string>? BinaryData { get; init; }

    /// <summary>Prints counts alone: the values may be confidential.</summary>
    public override string ToString() => $"MaterialSpec with {(Data?.Count ?? 0) + (BinaryData?.Count ?? 0)} keys";
}
