using System.Globalization;
using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Quantities;

/// <summary>Processor time in thousandths of a core. Text forms: <c>500m</c>, <c>0.5</c>, <c>2</c>.</summary>
/// <param name="Value">Thousandths of a core, not negative in user input.</param>
[JsonConverter(typeof(StringValueConverter<CpuMillis>))]
public readonly record struct CpuMillis(long Value) : IStringValue<CpuMillis>, IComparable<CpuMillis>
{
    /// <summary>The most that is accepted in input: a million cores.</summary>
    public const long MaxValue = 1_000_000_000;

    /// <summary>Reads <c>500m</c>, <c>0.5</c> or <c>2</c>; finer than a thousandth is refused.</summary>
    public static CpuMillis Parse(string text)
    {
        bool milli = text.EndsWith('m');
        if (!decimal.TryParse(milli ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            throw new FormatException("CPU is written as cores (0.5, 2) or thousandths of a core (500m)");
        decimal millis = milli ? number : number <= MaxValue ? number * 1000 : MaxValue + 1;
        if (millis != decimal.Truncate(millis)) throw new FormatException("CPU is not finer than a thousandth of a core (1m)");
        if (millis > MaxValue) throw new FormatException("CPU is at most 1000000 cores");
        return new((long)millis);
    }

    /// <summary>Sum.</summary>
    public static CpuMillis operator +(CpuMillis a, CpuMillis b) => new(checked(a.Value + b.Value));

    /// <summary>Difference; may be negative.</summary>
    public static CpuMillis operator -(CpuMillis a, CpuMillis b) => new(checked(a.Value - b.Value));

    /// <inheritdoc/>
    public int CompareTo(CpuMillis other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value}m");
}
