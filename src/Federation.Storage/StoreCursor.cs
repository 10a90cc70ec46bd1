using System.Globalization;

namespace Federation.Storage;

/// <summary>A place in a store's history.</summary>
/// <param name="Incarnation">The store's incarnation: made with the store, changed by a restore or a loss of history.</param>
/// <param name="Revision">Everything up to and including this revision has been seen.</param>
public readonly record struct StoreCursor(string Incarnation, long Revision)
{
    /// <summary>Reads <see cref="ToString"/>'s form; false if it is none.</summary>
    public static bool TryParse(string? text, out StoreCursor cursor)
    {
        cursor = default;
        int at = text?.LastIndexOf('.') ?? -1;
        if (at <= 0 || !long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long revision)) return false;
        cursor = new(text![..at], revision);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Incarnation}.{Revision}");
}
