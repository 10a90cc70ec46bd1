using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Federation.Cli.Reference;

/// <summary>The reference page of all commands, <c>docs/reference/fedctl.md</c>, made from what each says of itself.</summary>
internal static class CommandReference
{
    /// <summary>Every command that help shows, the program itself first.</summary>
    public static IEnumerable<Command> All(Command root) => [root, .. root.Subcommands.Where(static command => !command.Hidden).SelectMany(All)];

    /// <summary>The words that call it: <c>fedctl rollout undo</c>.</summary>
    public static string PathOf(Command command) => command is RootCommand
        ? "fedctl"
        : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";

    /// <summary>The lines of its examples.</summary>
    public static IReadOnlyList<string> ExamplesOf(Command command) => Parts(command).Examples;

    /// <summary>The page as Markdown.</summary>
    public static string Markdown(RootCommand root)
    {
        var page = new StringBuilder();
        page.Append("""
            # fedctl

            Generated from the commands' own help; to make it again, run
            `FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Client.Tests`.


            """);
        foreach (Command command in All(root)) page.Append(CultureInfo.InvariantCulture, $"- [{PathOf(command)}](#{PathOf(command).Replace(' ', '-')}): {Parts(command).Summary}\n");
        foreach (Command command in All(root)) Append(page, command);
        return page.ToString();
    }

    private static void Append(StringBuilder page, Command command)
    {
        (string summary, IReadOnlyList<string> rest, IReadOnlyList<string> examples) = Parts(command);
        page.Append(CultureInfo.InvariantCulture, $"\n## {PathOf(command)}\n\n{summary}.\n");
        if (rest.Count > 0) page.Append(CultureInfo.InvariantCulture, $"\n```text\n{string.Join('\n', rest)}\n```\n");
        if (examples.Count > 0) page.Append(CultureInfo.InvariantCulture, $"\n```sh\n{string.Join('\n', examples)}\n```\n");
        if (command.Arguments.Count > 0)
        {
            page.Append("\n| argument | meaning |\n|---|---|\n");
            foreach (Argument argument in command.Arguments) page.Append(CultureInfo.InvariantCulture, $"| `{Shown(argument)}` | {Cell(argument.Description)} |\n");
        }
        Option[] options = [.. command.Options.Where(static option => !option.Hidden && option.Name is not ("--help" or "--version"))];
        if (options.Length == 0) return;
        page.Append(command is RootCommand ? "\n| option of every command | meaning |\n|---|---|\n" : "\n| option | meaning |\n|---|---|\n");
        foreach (Option option in options)
        {
            string names = string.Join(", ", option.Aliases.Append(option.Name).Distinct().OrderBy(static name => name.Length).ThenBy(static name => name, StringComparer.Ordinal));
            string value = option.ValueType == typeof(bool) ? "" : $" {option.HelpName ?? "VALUE"}";
            page.Append(CultureInfo.InvariantCulture, $"| `{names}{value}` | {Cell(option.Description)}{(option.Required ? " (required)" : "")} |\n");
        }
    }

    private static string Shown(Argument argument) => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
    {
        (0, 1) => $"[{argument.Name}]",
        (0, _) => $"[{argument.Name}...]",
        (_, 1) => argument.Name,
        _ => $"{argument.Name}...",
    };

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');

    // A description's first line says what the command does; what stands under "Examples:" are calls; the rest is for reading.
    private static (string Summary, IReadOnlyList<string> Remarks, IReadOnlyList<string> Examples) Parts(Command command)
    {
        string[] lines = (command.Description ?? "").Split('\n');
        var rest = new List<string>();
        var examples = new List<string>();
        bool inExamples = false;
        foreach (string line in lines.Skip(1))
        {
            if (line.TrimEnd() is "Examples:" or "Example:" or "Begin with:") inExamples = true;
            else if (inExamples && line.StartsWith("  ", StringComparison.Ordinal)) examples.Add(line.Trim());
            else
            {
                inExamples = false;
                rest.Add(line.TrimEnd());
            }
        }
        return (lines[0].TrimEnd('.'), [.. Trimmed(rest)], examples);
    }

    private static IEnumerable<string> Trimmed(List<string> lines)
    {
        int first = lines.FindIndex(static line => line.Length > 0), last = lines.FindLastIndex(static line => line.Length > 0);
        return first < 0 ? [] : lines.GetRange(first, last - first + 1);
    }
}
