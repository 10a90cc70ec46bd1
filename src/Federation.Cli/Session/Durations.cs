using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Federation.Manifests.Compose.Values;

namespace Federation.Cli.Session;

/// <summary>Times on the command line: <c>90</c>, <c>90s</c>, <c>5m</c>, <c>1m30s</c>, <c>1h</c>.</summary>
internal static class Durations
{
    public static Option<TimeSpan?> Option(string name, string description) => new(name) { Description = description, CustomParser = Parse, HelpName = "TIME" };

    /// <summary>A moment, or how long ago it was.</summary>
    public static DateTimeOffset? Since(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        return text.Contains('-', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset moment) ? moment
            : Parse(argument) is { } age ? DateTimeOffset.UtcNow - age : null;
    }

    private static TimeSpan? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        try
        {
            double seconds = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double bare) ? bare : ComposeScalars.Seconds(text);
            if (seconds is >= 0 and <= 86400 * 365) return TimeSpan.FromSeconds(seconds);
        }
        catch (FormatException)
        {
            // It is told below, in the command line's own words.
        }
        argument.AddError($"'{text}' is not a time: write 90s, 5m, 1m30s or 1h");
        return null;
    }
}
