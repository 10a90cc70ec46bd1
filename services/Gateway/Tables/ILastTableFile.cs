namespace Federation.Gateway.Tables;

/// <summary>Where the last table is kept over restarts.</summary>
public interface ILastTableFile
{
    /// <summary>The bytes kept last; null if there are none.</summary>
    byte[]? Read();

    /// <summary>Keeps the bytes: after a crash the file is the old one or the new one, whole.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    void Replace(ReadOnlySpan<byte> bytes);
}
