namespace Federation.Manifests.Compose.Keys;

/// <summary>What becomes of a key of a Compose file.</summary>
public enum KeyFate
{
    /// <summary>It stands in a resource.</summary>
    Mapped,

    /// <summary>The reader itself obeys it, or leaves it to its author.</summary>
    Read,

    /// <summary>It changes nothing, and is told with its place.</summary>
    Warned,

    /// <summary>The file is refused.</summary>
    Refused,
}
