using System.CommandLine;
using System.CommandLine.Parsing;
using Federation.Cli.Rendering.Templates;

namespace Federation.Cli.Rendering;

/// <summary>What <c>-o</c> asks for, where templates are allowed.</summary>
/// <param name="Format">One of the fixed forms, if no template is given.</param>
/// <param name="Template">From <c>jsonpath=TEMPLATE</c>.</param>
/// <param name="Columns">From <c>custom-columns=TITLE:PATH,...</c>.</param>
internal sealed record OutputChoice(OutputFormat Format, JsonPathTemplate? Template = null, CustomColumns? Columns = null)
{
    private const string TemplatePrefix = "jsonpath=";
    private const string ColumnsPrefix = "custom-columns=";

    /// <summary>The words that complete <c>-o</c>.</summary>
    public static IReadOnlyList<string> Words { get; } = ["table", "wide", "json", "yaml", "name", TemplatePrefix, ColumnsPrefix];

    public static Option<OutputChoice> Option() => new("--output", "-o")
    {
        Description = "table, wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=TITLE:PATH,...",
        HelpName = "FORMAT",
        CustomParser = Parse,
        DefaultValueFactory = _ => new OutputChoice(OutputFormat.Table),
    };

    private static OutputChoice? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        try
        {
            if (text.StartsWith(TemplatePrefix, StringComparison.Ordinal)) return new(OutputFormat.Table, Template: JsonPathTemplate.Parse(text[TemplatePrefix.Length..]));
            if (text.StartsWith(ColumnsPrefix, StringComparison.Ordinal)) return new(OutputFormat.Table, Columns: CustomColumns.Parse(text[ColumnsPrefix.Length..]));
        }
        catch (FormatException e)
        {
            argument.AddError($"-o {text.Split('=')[0]}: {e.Message}");
            return null;
        }
        if (Enum.TryParse(text, ignoreCase: true, out OutputFormat format) && Enum.IsDefined(format) && !char.IsAsciiDigit(text[0])) return new(format);
        argument.AddError($"-o {text} is not known: it may be {string.Join(", ", Words)}");
        return null;
    }
}
