namespace Federation.Manifests.Nodes;

/// <summary>The parser's messages in this project's words. Its own are not passed on where they could quote the text.</summary>
internal static class YamlMessages
{
    /// <summary>What is said of tabs.</summary>
    public const string TabRule = "a tab cannot indent YAML";

    private static readonly (string Part, string Rule, string? Suggestion)[] Known =
    [
        ("invalid tab", TabRule, "indent with spaces"),
        ("tab character", TabRule, "indent with spaces"),
        ("found invalid mapping", "a ': ' is not allowed here", "put a text that contains ': ' in quotes, or align the line with those around it"),
        ("expected node content", "a value cannot begin here", "look at the brackets and the indentation around it"),
        ("invalid unicode surrogates", "the escape \\u is half a character", "write both halves of the pair, or the character itself"),
        ("incompatible yaml", "only YAML 1.1 and 1.2 are read", "remove the %YAML line"),
        ("cannot start any token", "a value cannot begin with this character", "put the value in quotes; indent with spaces, not tabs"),
        ("did not find expected key", "the indentation fits no mapping or list that is open here", "align it with the lines around it"),
        ("did not find expected '-' indicator", "the indentation fits no list that is open here", "align the items of a list"),
        ("did not find expected ',' or ']'", "a list in [ ] is not closed, or lacks a comma", "separate items by commas and end with ]"),
        ("did not find expected ',' or '}'", "a mapping in { } is not closed, or lacks a comma", "separate entries by commas and end with }"),
        ("unexpected end of stream", "a quoted text is not closed", "close the quotes"),
        ("unexpected document indicator", "a quoted text is not closed", "close the quotes"),
        ("could not find expected ':'", "a ':' is missing after a key", "write key: value"),
        ("unknown escape character", "the escape is unknown", "in double quotes write \\\\ for a backslash"),
        ("block sequence entries are not allowed", "a list item is not allowed here", "begin lists on a line of their own"),
        ("anchor or alias", "an anchor or alias is not well formed", "write &NAME before a value, and *NAME to repeat it"),
        ("tag", "the tag is not well formed", "remove the tag"),
        ("directive", "the directive is unknown", "remove it"),
        ("block scalar", "a block text (| or >) is not well formed", "begin its text on the next line, indented"),
        ("quoted scalar", "a quoted text is not well formed", "close the quotes"),
        ("plain scalar", "a text without quotes is not well formed here", "put it in quotes"),
    ];

    public static string Rule(string message) => Find(message).Rule;

    public static string? Suggestion(string message) => Find(message).Suggestion;

    private static (string Part, string Rule, string? Suggestion) Find(string message) =>
        Known.FirstOrDefault(known => message.Contains(known.Part, StringComparison.OrdinalIgnoreCase)) is { Part: not null } found
            ? found
            : ("", "the text is no valid YAML", "look at the indentation and the quotes of this line and the one before");
}
