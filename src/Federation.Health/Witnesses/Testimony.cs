using System.Globalization;

namespace Federation.Health.Witnesses;

/// <summary>What one witness says at one moment. A witness that says nothing gives none.</summary>
/// <param name="Kind">How it sees.</param>
/// <param name="Name">Who it is, for a person: <c>agent of eu/n1</c>.</param>
/// <param name="Lost">Whether it says that contact is lost.</param>
/// <param name="CertainAt">From when a loss counts where witnesses are to agree; null where none is said.</param>
/// <param name="Says">What it says, for a person; the same text as long as it says the same.</param>
/// <param name="Shares">The hosts, processes and links that it stands on. Witnesses that share one are one.</param>
public sealed record Testimony(WitnessKind Kind, string Name, bool Lost, TimeSpan? CertainAt, string Says, IReadOnlyList<string> Shares)
{
    /// <summary>Until when, if nothing more is heard, it says so; null: until something is.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>As evidence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Says}");
}
