using System.Globalization;

namespace Federation.Manifests.Kubernetes.Values;

/// <summary>Amounts as Kubernetes writes them: <c>100m</c>, <c>1.5Gi</c>, <c>128974848</c>, <c>1e3</c>. A text that is none is a FormatException that names the rule.</summary>
internal static class Quantity
{
    private const string Rule = "a quantity is a number with an optional unit, such as 100m, 0.5, 64Mi or 1e3";

    private static readonly (string Suffix, decimal Factor)[] Units =
    [
        ("", 1), ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("Pi", 1024m * 1024 * 1024 * 1024 * 1024), ("Ei", 1024m * 1024 * 1024 * 1024 * 1024 * 1024),
    ];

    /// <summary>The amount in units of its own: cores, bytes.</summary>
    public static decimal Parse(string text)
    {
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.' || (digits == 0 && text[0] == '+'))) digits++;
        string suffix = text[digits..];
        if (text.StartsWith('-')) throw new FormatException("a quantity is not negative");
        if (digits > 20 || !decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal number)) throw new FormatException(Rule);
        if (FactorOf(suffix) is not { } factor) throw new FormatException(Rule);
        if (number != 0 && factor > 1e24m / number) throw new FormatException("the quantity is too large");
        return number * factor;
    }

    /// <summary>Thousandths of a core; what is finer is rounded up, as Kubernetes does.</summary>
    public static long CpuMillis(string text)
    {
        decimal millis = decimal.Ceiling(Parse(text) * 1000);
        return millis <= Domain.Quantities.CpuMillis.MaxValue ? (long)millis : throw new FormatException("processors are at most 1000000");
    }

    /// <summary>Whole bytes; parts of one are rounded up, as Kubernetes does.</summary>
    public static long Bytes(string text)
    {
        decimal bytes = decimal.Ceiling(Parse(text));
        return bytes <= Domain.Quantities.MemoryBytes.MaxValue ? (long)bytes : throw new FormatException("memory is at most 1024Ti");
    }

    // A letter e or E with digits behind it is a power of ten, E alone is a unit.
    private static decimal? FactorOf(string suffix)
    {
        foreach ((string known, decimal factor) in Units)
        {
            if (known == suffix) return factor;
        }
        if (suffix.Length < 2 || suffix[0] is not ('e' or 'E') || !int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int power) || power is < -18 or > 18) return null;
        decimal result = 1;
        for (int i = 0; i < Math.Abs(power); i++) result = power > 0 ? result * 10 : result / 10;
        return result;
    }
}
