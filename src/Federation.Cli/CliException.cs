namespace Federation.Cli;

/// <summary>An end with a sentence for the person at the screen.</summary>
internal sealed class CliException(int exitCode, string message, string? next = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What to do next; the last line that is printed.</summary>
    public string? Next { get; } = next;
}
