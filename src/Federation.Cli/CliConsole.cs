namespace Federation.Cli;

/// <summary>The streams of one call, and what is known of them.</summary>
/// <param name="OpenIn">Opens standard input.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="OutIsTerminal">Whether colours and tables for the eye are wanted.</param>
/// <param name="ErrorIsTerminal">Whether lines may be rewritten in place.</param>
/// <param name="InIsTerminal">Whether a person can be asked.</param>
/// <param name="Width">Columns of the terminal; 80 without one.</param>
internal sealed record CliConsole(Func<Stream> OpenIn, TextWriter Out, TextWriter Error, bool OutIsTerminal, bool ErrorIsTerminal, bool InIsTerminal, int Width)
{
    private TextReader? _in;

    /// <summary>Lines of the terminal; as many as a small one has where it is not known.</summary>
    public int Height { get; init; } = 24;

    /// <summary>Opens standard output for bytes as they are; null where there is only text.</summary>
    public Func<Stream>? OpenOut { get; init; }

    /// <summary>Opens standard error for bytes as they are; null where there is only text.</summary>
    public Func<Stream>? OpenError { get; init; }

    /// <summary>Standard input as lines.</summary>
    public TextReader In => _in ??= new StreamReader(OpenIn());

    public static CliConsole System()
    {
        bool noColour = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is "dumb";
        bool outIsTerminal = !Console.IsOutputRedirected;
        bool errorIsTerminal = !Console.IsErrorRedirected;
        return new(Console.OpenStandardInput, Console.Out, Console.Error, outIsTerminal && !noColour, errorIsTerminal && !noColour, !Console.IsInputRedirected,
            (outIsTerminal || errorIsTerminal) && Console.WindowWidth is > 0 and var width ? width : 80)
        {
            Height = (outIsTerminal || errorIsTerminal) && Console.WindowHeight is > 0 and var height ? height : 24,
            OpenOut = Console.OpenStandardOutput,
            OpenError = Console.OpenStandardError,
        };
    }
}
