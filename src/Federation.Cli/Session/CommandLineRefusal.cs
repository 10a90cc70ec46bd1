using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Federation.Manifests.Text;

namespace Federation.Cli.Session;

/// <summary>What is wrong with a command line, in the order in which a person mends it: a command or option that there is not comes alone, for the rest follows from it.</summary>
internal static partial class CommandLineRefusal
{
    /// <summary>The lines to tell; empty if the command line is understood.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(command);
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-')) return Told($"there is no command '{path} {word}'", path, word, Nearest(command, word));
        if (Strange(parsed) is { } option) return Told($"there is no option '{option}'", path, option, Nearest(command, option));
        if (parsed.Errors.Count == 0) return [];
        return [.. parsed.Errors.Select(static error => $"fedctl: {Plain(error.Message)}").Distinct(), $"see: {path} --help"];
    }

    private static string[] Told(string what, string path, string word, string? nearest) =>
    [
        $"fedctl: {what}",
        .. SwarmWords.Advice(path, word) is { } advice ? [advice] : nearest is null ? Array.Empty<string>() : [$"did you mean {nearest}?"],
        $"see: {path} --help",
    ];

    // A word with a dash that was taken for an argument, or for nothing: behind a lone "--" it may be one, before it is a slip.
    private static string? Strange(ParseResult parsed)
    {
        int before = parsed.Tokens.TakeWhile(static token => token.Type != TokenType.DoubleDash).Count();
        HashSet<string> free = [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static argument => argument.Tokens).Select(static token => token.Value), .. parsed.UnmatchedTokens];
        // What is run in a replica may have short options of its own.
        bool runs = parsed.CommandResult.Command.Name == "exec";
        return parsed.Tokens.Take(before).Where(static token => token.Type == TokenType.Argument).Select(static token => token.Value)
            .FirstOrDefault(word => word.StartsWith('-') && word.Length > 1 && free.Contains(word) && !(runs && !word.StartsWith("--", StringComparison.Ordinal)))?.Split('=')[0];
    }

    // The command or option that a word which is neither was most likely meant to be.
    private static string? Nearest(Command command, string word) => NearestName.Find(word, word.StartsWith('-')
        ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(static above => above.Options).Where(static option => option.Recursive)).Select(static option => option.Name)
        : command.Subcommands.Where(static inner => !inner.Hidden).Select(static inner => inner.Name));

    // The library's sentence names a type of the program.
    private static string Plain(string message) => TypeError().Replace(message, static match => $"{match.Groups[2].Value}: '{match.Groups[1].Value}' is {(match.Groups[3].Value.Contains("Int", StringComparison.Ordinal) ? "no whole number" : match.Groups[3].Value.Contains("Boolean", StringComparison.Ordinal) ? "neither true nor false" : "not understood")}");

    [GeneratedRegex("^Cannot parse argument '(.*)' for (?:option|command) '(.*)' as expected type '(.*)'\\.$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex TypeError();

    private static string PathOf(Command command) => string.Join(' ', Path(command).Reverse());

    private static IEnumerable<string> Path(Symbol command)
    {
        for (Symbol? at = command; at is not null; at = at.Parents.FirstOrDefault()) yield return at is RootCommand ? "fedctl" : at.Name;
    }
}
