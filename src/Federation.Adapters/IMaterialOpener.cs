namespace Federation.Adapters;

/// <summary>Opens sealed material with the agent's key; the only place where plaintext appears.</summary>
public interface IMaterialOpener
{
    /// <summary>File name to content. The caller writes it to memory-backed files and clears it.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was sealed to another key or was changed.</exception>
    IReadOnlyDictionary<string, byte[]> Open(SealedFiles files);
}
