using System.Globalization;

namespace Federation.Domain.Resources.Rules;

/// <summary>The form of IP addresses, of version 4 (RFC 791) and 6 (RFC 4291).</summary>
internal static class AddressSyntax
{
    /// <summary>Whether the text is an address.</summary>
    public static bool IsAddress(string text) => text.Contains(':', StringComparison.Ordinal) ? IsVersion6(text) : IsVersion4(text);

    private static bool IsVersion4(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && Array.TrueForAll(parts, static part => part.Length is >= 1 and <= 3 && byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static bool IsVersion6(string text)
    {
        string[] halves = text.Split("::");
        if (halves.Length > 2) return false;
        int groups = 0;
        for (int h = 0; h < halves.Length; h++)
        {
            string[] parts = halves[h].Length == 0 ? [] : halves[h].Split(':');
            for (int i = 0; i < parts.Length; i++)
            {
                // An address of version 4 may stand at the very end.
                if (parts[i].Contains('.', StringComparison.Ordinal) && h == halves.Length - 1 && i == parts.Length - 1 && IsVersion4(parts[i])) groups += 2;
                else if (parts[i].Length is >= 1 and <= 4 && parts[i].All(char.IsAsciiHexDigit)) groups++;
                else return false;
            }
        }
        return halves.Length == 2 ? groups <= 7 : groups == 8;
    }
}
