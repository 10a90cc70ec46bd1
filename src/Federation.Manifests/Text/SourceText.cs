using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Federation.Manifests.Text;

/// <summary>Turns bytes into text, or says why they are none: size, encoding, control characters.</summary>
internal static class SourceText
{
    /// <summary>The text without its byte order mark, or the error.</summary>
    public static (string? Text, ManifestError? Error) Decode(ReadOnlySpan<byte> bytes, string source, ReadLimits limits)
    {
        if (bytes.Length > limits.MaxBytes) return (null, TooLarge(source, limits));
        if (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]))
            return (null, new(source, "", 1, 1, "the text is UTF-16; it must be UTF-8", "save the file as UTF-8"));
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF])) bytes = bytes[3..];

        int nul = bytes.IndexOf((byte)0);
        if (nul >= 0) return (null, At(bytes, nul, source, "the file is binary: it holds a NUL byte", "manifests are YAML or JSON in UTF-8"));
        if (!Utf8.IsValid(bytes)) return (null, At(bytes, FirstInvalid(bytes), source, "the text is no valid UTF-8", "save the file as UTF-8"));
        int control = bytes.IndexOfAny(ControlBytes);
        if (control >= 0) return (null, At(bytes, control, source, string.Create(CultureInfo.InvariantCulture, $"the text holds the control character U+{(int)bytes[control]:X4}"), "remove it, or write it as an escape in double quotes"));
        return (Encoding.UTF8.GetString(bytes), null);
    }

    public static ManifestError TooLarge(string source, ReadLimits limits) =>
        new(source, "", 0, 0, string.Create(CultureInfo.InvariantCulture, $"a file has at most {limits.MaxBytes} bytes"), "split it into several files");

    private static readonly System.Buffers.SearchValues<byte> ControlBytes =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(1, 31).Where(static b => b is not (9 or 10 or 13)).Select(static b => (byte)b), 127]);

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out int length) == System.Buffers.OperationStatus.Done) offset += length;
        return offset;
    }

    private static ManifestError At(ReadOnlySpan<byte> bytes, int offset, string source, string rule, string suggestion)
    {
        int line = bytes[..offset].Count((byte)'\n') + 1;
        int lineStart = bytes[..offset].LastIndexOf((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(bytes[lineStart..offset]) + 1;
        return new(source, "", line, column, rule, suggestion);
    }
}
