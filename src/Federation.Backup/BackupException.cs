namespace Federation.Backup;

/// <summary>A backup or kit cannot be made, read or restored. The message names the file and the reason; <see cref="Next"/> says what would help.</summary>
public sealed class BackupException(string message, string? next = null, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>What to do next.</summary>
    public string? Next { get; } = next;
}
