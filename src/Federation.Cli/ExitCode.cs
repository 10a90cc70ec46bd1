namespace Federation.Cli;

/// <summary>What the program's end tells the caller.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int InvalidInput = 3;
    public const int NotFound = 4;
    public const int Refused = 5;
    public const int Timeout = 6;
    public const int Unreachable = 7;

    public const string Help = """
        Exit codes:
          0  done
          1  failed
          2  the command line is not understood
          3  the input is invalid; nothing was changed
          4  not found
          5  refused: not logged in, or the role does not allow it
          6  the time ran out
          7  the plane does not answer
        """;
}
