using System.Globalization;
using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Quantities;

/// <summary>Memory in bytes. Text forms: <c>64Mi</c>, <c>64M</c>, <c>64MB</c>, <c>1.5Gi</c>, <c>1048576</c>; K, M, G, T are powers of 1000, with <c>i</c> powers of 1024.</summary>
/// <param name="Value">Bytes.</param>
[JsonConverter(typeof(StringValueConverter<MemoryBytes>))]
public readonly record struct MemoryBytes(long Value) : IStringValue<MemoryBytes>, IComparable<MemoryBytes>
{
    /// <summary>The most that is accepted in input: a pebibyte.</summary>
    public const long MaxValue = 1L << 50;

    private static readonly (string Suffix, long Unit)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("B", 1), ("", 1),
    ];

    /// <summary>Reads a quantity of whole bytes.</summary>
    public static MemoryBytes Parse(string text)
    {
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        string suffix = text[digits..];
        foreach ((string name, long unit) in Units)
        {
            if (name != suffix) continue;
            if (!decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) break;
            if (number > MaxValue || number * unit > MaxValue) throw new FormatException("memory is at most 1024Ti");
            decimal bytes = number * unit;
            if (bytes != decimal.Truncate(bytes)) throw new FormatException("memory is a whole number of bytes");
            return new((long)bytes);
        }
        throw new FormatException("memory is written as bytes with an optional unit (64Mi, 64MB, 1.5Gi, 1048576)");
    }

    /// <summary>Sum.</summary>
    public static MemoryBytes operator +(MemoryBytes a, MemoryBytes b) => new(checked(a.Value + b.Value));

    /// <summary>Difference; may be negative.</summary>
    public static MemoryBytes operator -(MemoryBytes a, MemoryBytes b) => new(checked(a.Value - b.Value));

    /// <inheritdoc/>
    public int CompareTo(MemoryBytes other) => Value.CompareTo(other.Value);

    /// <summary>The largest binary unit that divides the value.</summary>
    public override string ToString()
    {
        (long value, string unit) = Value switch
        {
            0 => (0L, ""),
            _ when Value % (1L << 40) == 0 => (Value >> 40, "Ti"),
            _ when Value % (1L << 30) == 0 => (Value >> 30, "Gi"),
            _ when Value % (1L << 20) == 0 => (Value >> 20, "Mi"),
            _ when Value % (1L << 10) == 0 => (Value >> 10, "Ki"),
            _ => (Value, ""),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
    }
}
