namespace Federation.Contracts.Api;

/// <summary>
/// How a command in a replica is spoken with over a WebSocket: every message is binary, and its first byte says what the rest is. The query of the call carries
/// <c>replica</c>, <c>command</c> (once for each word), <c>stdin</c>, <c>tty</c>, <c>columns</c> and <c>rows</c>.
/// </summary>
public static class ExecChannel
{
    /// <summary>From the caller: input. Without any bytes: its end.</summary>
    public const byte Input = 0;

    /// <summary>To the caller: standard output; with a terminal, all output.</summary>
    public const byte Output = 1;

    /// <summary>To the caller: standard error.</summary>
    public const byte Error = 2;

    /// <summary>To the caller, last of all: the exit code as decimal digits.</summary>
    public const byte Exit = 3;

    /// <summary>From the caller: the terminal's size as <c>COLUMNS ROWS</c>.</summary>
    public const byte Size = 4;

    /// <summary>The most bytes of one message, its first byte included.</summary>
    public const int LargestMessage = 32 * 1024;
}
