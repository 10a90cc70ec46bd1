using System.CommandLine;

namespace Federation.Cli.Completion;

/// <summary>A command line as far as it is typed: which command it is, and what the word at the cursor may become.</summary>
/// <param name="Command">The innermost command that is named.</param>
/// <param name="Arguments">The words before the cursor that are no command, option or option's value.</param>
/// <param name="Values">The options' values before the cursor, by the option's name.</param>
/// <param name="Awaiting">The option whose value the word is; null if it is none.</param>
/// <param name="Word">The word at the cursor, perhaps empty.</param>
/// <param name="Passed">Whether a lone <c>--</c> stands before: the words are another program's.</param>
internal sealed record CompletionLine(Command Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Values, Option? Awaiting, string Word, bool Passed)
{
    /// <param name="root">All commands.</param>
    /// <param name="words">The words behind the program's name, the one at the cursor last.</param>
    public static CompletionLine Read(Command root, IReadOnlyList<string> words)
    {
        Command command = root;
        var arguments = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Option? awaiting = null;
        bool passed = false;
        foreach (string word in words.Take(words.Count - 1))
        {
            if (awaiting is not null)
            {
                values[awaiting.Name] = word;
                awaiting = null;
            }
            else if (passed) arguments.Add(word);
            else if (word == "--") passed = true;
            else if (word.StartsWith('-')) awaiting = Option(command, word, values);
            else if (arguments.Count == 0 && command.Subcommands.FirstOrDefault(inner => inner.Name == word) is { } inner) command = inner;
            else arguments.Add(word);
        }
        string last = words.Count == 0 ? "" : words[^1];
        // --option=VALUE: the value is completed, behind what is written.
        return new CompletionLine(command, arguments, values, awaiting, last, passed);
    }

    /// <summary>The options that the command takes, those of the commands above it that hold everywhere included.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        IEnumerable<Option> options = command.Options;
        for (Command? above = command.Parents.OfType<Command>().FirstOrDefault(); above is not null; above = above.Parents.OfType<Command>().FirstOrDefault())
            options = options.Concat(above.Options.Where(static option => option.Recursive));
        return options.Where(static option => !option.Hidden);
    }

    private static Option? Option(Command command, string word, Dictionary<string, string> values)
    {
        string[] parts = word.Split('=', 2);
        Option? option = OptionsOf(command).FirstOrDefault(known => known.Name == parts[0] || known.Aliases.Contains(parts[0]));
        if (option is null || option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool)) return null;
        if (parts.Length == 1) return option;
        values[option.Name] = parts[1];
        return null;
    }
}
