using System.Globalization;
using Federation.Domain.Quantities;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>A Kubernetes quantity: a decimal number with a suffix (<c>500m</c>, <c>16Gi</c>, <c>1e3</c>), read exactly. Pure.</summary>
internal static class Quantity
{
    /// <summary>Its value; null if it is none, or none that a machine has.</summary>
    public static decimal? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        int end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.') end--;
        string number = text[..end], suffix = text[end..];
        // 1e3 and 1E3 are numbers, 1E is a suffix.
        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal value)) return null;
        decimal? factor = suffix switch
        {
            "" => 1m,
            "n" => 0.000_000_001m,
            "u" => 0.000_001m,
            "m" => 0.001m,
            "k" => 1_000m,
            "M" => 1_000_000m,
            "G" => 1_000_000_000m,
            "T" => 1_000_000_000_000m,
            "P" => 1_000_000_000_000_000m,
            "E" => 1_000_000_000_000_000_000m,
            "Ki" => 1024m,
            "Mi" => 1024m * 1024,
            "Gi" => 1024m * 1024 * 1024,
            "Ti" => 1024m * 1024 * 1024 * 1024,
            "Pi" => 1024m * 1024 * 1024 * 1024 * 1024,
            "Ei" => 1024m * 1024 * 1024 * 1024 * 1024 * 1024,
            _ => null,
        };
        try
        {
            return value * factor;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>What a list of resources has of CPU and memory: what is free rounds down, what is needed rounds up.</summary>
    public static ResourceAmount Amount(IReadOnlyDictionary<string, string>? resources, bool up)
    {
        decimal cpu = (Parse(resources?.GetValueOrDefault("cpu")) ?? 0) * 1000, memory = Parse(resources?.GetValueOrDefault("memory")) ?? 0;
        return new ResourceAmount(new CpuMillis(Whole(cpu, up)), new MemoryBytes(Whole(memory, up)));
    }

    private static long Whole(decimal value, bool up) => (long)Math.Clamp(up ? decimal.Ceiling(value) : decimal.Floor(value), 0, long.MaxValue);
}
