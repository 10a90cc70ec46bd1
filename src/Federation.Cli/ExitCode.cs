using System.Globalization;
using System.Text;

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
    public const int Conflict = 8;
    public const int DiffFailed = 9;
    public const int Interrupted = 130;

    /// <summary>Every code, what it says, and what a pipeline does about it.</summary>
    public static IReadOnlyList<(int Code, string Meaning, string Advice)> All { get; } =
    [
        (Done, "done; for diff: nothing would change", "go on"),
        (Failed, "failed; for diff: something would change", "read the message; for diff: apply"),
        (Usage, "the command line is not understood", "mend the call; --help has examples"),
        (InvalidInput, "the input is invalid; nothing was changed", "mend the files: each error names its place"),
        (NotFound, "not found", "see what is there: fedctl get KIND"),
        (Refused, "refused: not logged in, or the role does not allow it", "log in, or use another context"),
        (Timeout, "the time ran out", "what was begun goes on: fedctl wait, fedctl describe, or rollout undo"),
        (Unreachable, "the plane does not answer", "try again later: applying twice does no harm"),
        (Conflict, "another writer owns fields that the files change; nothing was changed", "leave the fields out of the files, or --force-conflicts"),
        (DiffFailed, "diff failed", "read the message"),
        (Interrupted, "ended by Ctrl-C", "what was begun at the plane goes on"),
    ];

    /// <summary>The codes for --help.</summary>
    public static string Help => "Exit codes:\n" + string.Join('\n', All.Select(entry => string.Create(CultureInfo.InvariantCulture, $"  {entry.Code}  {entry.Meaning}")));

    /// <summary>The reference page, docs/reference/exit-codes.md.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append("""
            # Exit codes of fedctl

            Generated from the program; to make it again, run
            `FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Client.Tests`.

            What went wrong stands on standard error, and its last line says what to do next. Results alone stand on standard output.

            | code | meaning | what to do |
            |---|---|---|

            """);
        foreach ((int code, string meaning, string advice) in All) page.Append(CultureInfo.InvariantCulture, $"| {code} | {meaning} | {advice} |\n");
        page.Append("""

            `fedctl diff` follows diff(1) and `kubectl diff`: 0 says that nothing would change, 1 that something would, everything above 1 that it
            could not be told.

            """);
        return page.ToString();
    }
}
