using System.CommandLine;

namespace Federation.Cli.Session;

/// <summary>Options whose text has a form of its own.</summary>
internal static class Parsing
{
    /// <summary>An option that is refused with the parser's own sentence.</summary>
    public static Option<T?> Option<T>(string name, string[] aliases, string description, string helpName, Func<string, T> parse) where T : class => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = argument =>
        {
            try
            {
                return parse(argument.Tokens.Single().Value);
            }
            catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException)
            {
                argument.AddError($"{name}: {e.Message}");
                return null;
            }
        },
    };
}
