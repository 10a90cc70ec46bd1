using System.Buffers.Text;

namespace Federation.Security.Tokens;

/// <summary>Base64url without padding, white space or stray bits: one text for one value.</summary>
internal static class StrictBase64Url
{
    /// <summary>The bytes; null if the text is not in the one form.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return null;
        }
        if (text.Length % 4 == 1) return null;
        try
        {
            byte[] bytes = Base64Url.DecodeFromChars(text);
            return Base64Url.EncodeToString(bytes).AsSpan().SequenceEqual(text) ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
