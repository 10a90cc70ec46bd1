using System.Globalization;
using System.Text;

namespace Federation.Manifests.Compose.Values;

/// <summary>The forms in which Compose files write times, sizes, processors, rights and command lines. A text that is none is a FormatException that names the rule.</summary>
public static class ComposeScalars
{
    private static readonly (string Unit, double Seconds)[] Times = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];
    private static readonly string[] Sizes = ["b", "k", "m", "g", "t", "p"];

    /// <summary>Seconds of a time such as <c>1m30s</c> or <c>500ms</c>.</summary>
    public static double Seconds(string text)
    {
        const string rule = "a time is numbers with units, such as 1m30s, 10s or 500ms";
        double total = 0;
        int at = 0;
        if (text == "0") return 0;
        if (text.Length is 0 or > 64) throw new FormatException(rule);
        while (at < text.Length)
        {
            int digits = at;
            while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
            int unit = digits;
            while (unit < text.Length && !char.IsAsciiDigit(text[unit]) && text[unit] != '.') unit++;
            string word = text[digits..unit];
            if (!double.TryParse(text.AsSpan(at, digits - at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                || Times.FirstOrDefault(known => known.Unit == word) is not { Unit: not null } found) throw new FormatException(rule);
            total += number * found.Seconds;
            at = unit;
        }
        return total;
    }

    /// <summary>Bytes of a size such as <c>512m</c>, <c>1.5gb</c> or <c>1024</c>; units are powers of 1024.</summary>
    public static long Bytes(string text)
    {
        const string rule = "a size is a number with an optional unit of b, k, m or g, such as 512m or 1gb";
        string lower = text.Trim().ToLowerInvariant();
        int digits = 0;
        while (digits < lower.Length && (char.IsAsciiDigit(lower[digits]) || lower[digits] == '.')) digits++;
        string unit = lower[digits..].Trim();
        if (unit.EndsWith("ib", StringComparison.Ordinal)) unit = unit[..^2];
        else if (unit.Length > 1 && unit.EndsWith('b')) unit = unit[..^1];
        int power = unit.Length == 0 ? 0 : Array.IndexOf(Sizes, unit);
        if (power < 0 || !decimal.TryParse(lower.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) throw new FormatException(rule);
        decimal factor = 1L << (10 * power);
        if (number > Domain.Quantities.MemoryBytes.MaxValue || number * factor > Domain.Quantities.MemoryBytes.MaxValue) throw new FormatException("a size is at most 1024 terabytes");
        return (long)(number * factor);
    }

    /// <summary>Thousandths of processors of <c>0.5</c> or <c>2</c>; what is finer is rounded up.</summary>
    public static long CpuMillis(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) throw new FormatException("processors are written as a number, such as 0.5 or 2");
        if (number > 1_000_000) throw new FormatException("processors are at most 1000000");
        return (long)Math.Ceiling(number * 1000);
    }

    /// <summary>A whole number.</summary>
    public static long Whole(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new FormatException("a whole number is expected");

    /// <summary>A number.</summary>
    public static double Number(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new FormatException("a number is expected");

    /// <summary>True or false, in any of the words that files use.</summary>
    public static bool Flag(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "y" or "on" or "1" => true,
        "false" or "no" or "n" or "off" or "0" => false,
        _ => throw new FormatException("true or false is expected"),
    };

    /// <summary>Rights in octal: <c>0440</c>, <c>0o440</c>, a text in quotes, or the decimal number that a file without quotes and a leading zero gives.</summary>
    public static string Mode(string text, bool quoted)
    {
        string octal = text.StartsWith("0o", StringComparison.Ordinal) ? "0" + text[2..] : quoted && text.Length > 0 && text[0] != '0' ? "0" + text : text;
        if (octal.Length > 1 && octal[0] == '0')
            return octal.Length <= 5 && octal.All(static c => c is >= '0' and <= '7') ? octal : throw new FormatException("rights are written in octal, such as 0440");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 4095) throw new FormatException("rights are written in octal, such as 0440");
        return "0" + Convert.ToString(number, 8).PadLeft(3, '0');
    }

    /// <summary>The words of a command line as a shell cuts them, without any of its other powers.</summary>
    public static IReadOnlyList<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool any = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote == '\'')
            {
                if (c == '\'') quote = '\0';
                else word.Append(c);
            }
            else if (c == '\\' && i + 1 < line.Length && (quote == '\0' || line[i + 1] is '"' or '\\' or '$' or '`' or '\n'))
            {
                if (line[++i] != '\n') word.Append(line[i]);
                any = true;
            }
            else if (quote == '"')
            {
                if (c == '"') quote = '\0';
                else word.Append(c);
            }
            else if (c is '\'' or '"') (quote, any) = (c, true);
            else if (char.IsWhiteSpace(c))
            {
                if (any || word.Length > 0) words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else word.Append(c);
        }
        if (quote != '\0') throw new FormatException("a quoted word of a command is not closed");
        if (any || word.Length > 0) words.Add(word.ToString());
        return words;
    }
}
