using System.CommandLine;
using System.Text;
using Federation.Cli;
using Federation.Cli.Reference;

namespace Federation.Client.Tests.Cli;

/// <summary>What the program says of itself: help with examples that hold, and the reference page made from it.</summary>
public sealed class CommandTreeTests
{
    private const string ReferencePage = "docs/reference/fedctl.md";

    public static TheoryData<string> Commands() => [.. CommandReference.All(Tree()).Select(CommandReference.PathOf)];

    public static TheoryData<string, string> Examples() =>
        [.. CommandReference.All(Tree()).SelectMany(command => CommandReference.ExamplesOf(command).Select(example => (CommandReference.PathOf(command), example)))];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_EveryCommand_HasAnExample(string path) =>
        Assert.NotEmpty(CommandReference.ExamplesOf(Find(path)));

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_EveryOne_IsACallOfTheCommandAndParses(string path, string example)
    {
        string[] words = FedctlWords(example);
        ParseResult parsed = Tree().Parse(words);
        Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join("; ", parsed.Errors.Select(static error => error.Message))}");
        string called = CommandReference.PathOf(parsed.CommandResult.Command);
        Assert.True(called == path || called.StartsWith(path + " ", StringComparison.Ordinal), $"{example} calls '{called}', not '{path}'");
    }

    [Fact]
    public void ReferencePage_IsFresh()
    {
        string path = Path.Combine(Root(), ReferencePage);
        string page = CommandReference.Markdown(Tree());
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") File.WriteAllText(path, page);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, $"{ReferencePage} is stale; run: FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Client.Tests");
    }

    private static RootCommand Tree() => FedctlProgram.Tree(new CliConsole(() => Stream.Null, TextWriter.Null, TextWriter.Null, false, false, false, 80));

    private static Command Find(string path) => CommandReference.All(Tree()).Single(command => CommandReference.PathOf(command) == path);

    // The words of the call of fedctl in a line of shell, as the shell cuts them; what is piped in or out is not its own.
    private static string[] FedctlWords(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool any = false;
        char quote = '\0';
        foreach (char letter in line + " ")
        {
            if (quote != '\0')
            {
                if (letter == quote) quote = '\0';
                else word.Append(letter);
            }
            else if (letter is '\'' or '"') (quote, any) = (letter, true);
            else if (letter is ' ')
            {
                if (any || word.Length > 0) words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else word.Append(letter);
        }
        return [.. words.SkipWhile(static word => word != "fedctl").Skip(1).TakeWhile(static word => word is not ("|" or ">" or "<" or "&&"))];
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests do not lie in the repository");
    }
}
