using System.Globalization;
using System.Text.Json.Serialization;

namespace Federation.Domain.Quantities;

/// <summary>A number of replicas, or a share of the desired number. Text forms: <c>2</c>, <c>25%</c>.</summary>
/// <param name="Number">Replicas, or hundredths of the desired number.</param>
/// <param name="Percent">Whether it is a share.</param>
[JsonConverter(typeof(ReplicaShareConverter))]
public readonly record struct ReplicaShare(int Number, bool Percent = false) : Json.IStringValue<ReplicaShare>
{
    private const int Most = 1000;

    /// <summary>Nothing, whatever the desired number.</summary>
    [JsonIgnore]
    public bool IsZero => Number == 0;

    /// <summary>A number of replicas.</summary>
    public static implicit operator ReplicaShare(int number) => new(number);

    /// <summary>Reads <c>2</c> or <c>25%</c>.</summary>
    public static ReplicaShare Parse(string text)
    {
        bool percent = text.EndsWith('%');
        if (int.TryParse(percent ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= (percent ? 100 : Most))
        {
            return new(number, percent);
        }
        throw new FormatException($"must lie between 0 and {Most}, or be a share between 0% and 100%");
    }

    /// <summary>Replicas out of a desired number; a share is rounded up.</summary>
    public int Up(int desired) => Percent ? (int)(((long)desired * Number + 99) / 100) : Number;

    /// <summary>Replicas out of a desired number; a share is rounded down.</summary>
    public int Down(int desired) => Percent ? (int)((long)desired * Number / 100) : Number;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}{(Percent ? "%" : "")}");
}
