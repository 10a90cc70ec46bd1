using System.Globalization;
using System.Text;

namespace Federation.Grpc.Status;

/// <summary>The percent-encoding of <c>grpc-message</c> (grpc/doc/PROTOCOL-HTTP2.md): UTF-8 bytes outside 0x20..0x7E, and '%', as %XX.</summary>
internal static class StatusMessageEncoding
{
    // Header blocks are limited to 16 KiB by common peers; a longer text would lose the whole status.
    private const int MaxEncodedLength = 4096;

    public static string Encode(string detail)
    {
        if (detail.Length <= MaxEncodedLength && !detail.AsSpan().ContainsAnyExceptInRange(' ', '~') && !detail.Contains('%'))
            return detail;
        StringBuilder encoded = new(Math.Min(detail.Length * 2, MaxEncodedLength));
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in detail.EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(utf8);
            if (encoded.Length + length * 3 > MaxEncodedLength)
                break;
            if (length == 1 && utf8[0] is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)utf8[0]);
                continue;
            }
            foreach (byte b in utf8[..length])
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }

    /// <summary>Decodes leniently, as the specification asks: what is not a valid escape stays as it is.</summary>
    public static string Decode(string encoded)
    {
        if (!encoded.Contains('%'))
            return encoded;
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(encoded.Length)];
        int length = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length
                && byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
            {
                utf8[length++] = b;
                i += 2;
                continue;
            }
            int runLength = char.IsHighSurrogate(encoded[i]) && i + 1 < encoded.Length ? 2 : 1;
            length += Encoding.UTF8.GetBytes(encoded.AsSpan(i, runLength), utf8.AsSpan(length));
            i += runLength - 1;
        }
        return Encoding.UTF8.GetString(utf8, 0, length);
    }
}
