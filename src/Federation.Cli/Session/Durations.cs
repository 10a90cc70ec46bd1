using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Federation.Cli.Session;

/// <summary>Times on the command line: <c>90</c>, <c>90s</c>, <c>5m</c>, <c>1h</c>.</summary>
internal static class Durations
{
    public static Option<TimeSpan?> Option(string name, string description) => new(name) { Description = description, CustomParser = Parse, HelpName = "TIME" };

    private static TimeSpan? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        (string digits, double seconds) = text switch
        {
            [.. var head, 's'] => (head, 1d),
            [.. var head, 'm'] => (head, 60d),
            [.. var head, 'h'] => (head, 3600d),
            _ => (text, 1d),
        };
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number * seconds is >= 0 and <= 86400 * 365)
            return TimeSpan.FromSeconds(number * seconds);
        argument.AddError($"'{text}' is not a time: write 90s, 5m or 1h");
        return null;
    }
}
