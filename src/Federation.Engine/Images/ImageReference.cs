namespace Federation.Engine.Images;

/// <summary>An image reference taken apart: <c>[registry/]name[:tag][@digest]</c>.</summary>
public sealed record ImageReference
{
    private const string DefaultRegistry = "docker.io";

    private ImageReference() { }

    /// <summary>The registry's host, with its port; <c>docker.io</c> where none is written.</summary>
    public required string Registry { get; init; }

    /// <summary>All before tag and digest, as it was written.</summary>
    public required string Repository { get; init; }

    /// <summary>What engines call the registry where they compare a login's with the one that they ask.</summary>
    public string ServerAddress => Registry == DefaultRegistry ? "https://index.docker.io/v1/" : Registry;

    /// <summary>What it is called in its registry.</summary>
    public string Path => Repository.StartsWith(Registry + "/", StringComparison.Ordinal) ? Repository[(Registry.Length + 1)..] : Repository;

    /// <summary>The tag; null with a digest, <c>latest</c> if neither is written.</summary>
    public string? Tag { get; init; }

    /// <summary>The digest.</summary>
    public string? Digest { get; init; }

    /// <summary>Reads a reference.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ImageReference Parse(string text)
    {
        string rest = text;
        string? digest = null;
        if (rest.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at) (rest, digest) = (rest[..at], rest[(at + 1)..]);
        string? tag = null;
        if (rest.LastIndexOf(':') is >= 0 and var colon && colon > rest.LastIndexOf('/')) (rest, tag) = (rest[..colon], rest[(colon + 1)..]);
        if (rest.Length == 0 || tag?.Length == 0 || (digest is not null && !digest.StartsWith("sha256:", StringComparison.Ordinal)) || rest.Any(static c => c <= ' ' || c == '?' || c == '#'))
            throw new FormatException($"'{text}' is no image reference: it is [registry/]name[:tag] or [registry/]name@sha256:…");
        // The first part is a registry where it could not be a name: it has a dot or a port, or is this machine.
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : rest[..slash];
        bool isRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        return new ImageReference { Registry = isRegistry ? first : DefaultRegistry, Repository = rest, Tag = digest is null ? tag ?? "latest" : null, Digest = digest };
    }

    /// <inheritdoc/>
    public override string ToString() => Digest is null ? $"{Repository}:{Tag}" : $"{Repository}@{Digest}";
}
