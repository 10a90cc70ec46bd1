using System.Text;
using System.Text.Json.Nodes;
using Federation.Contracts.V1;
using Federation.Domain.SecretMaterial;
using Google.Protobuf;

namespace Federation.SecretStore.Materials;

/// <summary>The files of a Secret or Config as bytes, in one form: a MaterialFiles message in the order of names.</summary>
internal static class MaterialContent
{
    /// <summary>All files together, at most.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>File names, at most.</summary>
    public const int MaxFiles = 500;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a spec; where it breaks a rule, the rule, which never quotes a value.</summary>
    public static string? TryRead(MaterialSpec spec, out byte[] content, out IReadOnlyList<string> names)
    {
        content = [];
        names = [];
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string name, string value) in spec.Data ?? new Dictionary<string, string>()) files[name] = Encoding.UTF8.GetBytes(value);
        foreach ((string name, string value) in spec.BinaryData ?? new Dictionary<string, string>())
        {
            if (files.ContainsKey(name)) return $"the file '{name}' is in data and in binaryData";
            byte[] bytes = new byte[value.Length / 4 * 3 + 3];
            if (!Convert.TryFromBase64String(value, bytes, out int length)) return $"binaryData['{name}'] is not base64";
            files[name] = bytes[..length];
        }
        if (files.Count > MaxFiles) return $"it has {files.Count} files, at most {MaxFiles} are kept";
        long total = 0;
        foreach ((string name, byte[] bytes) in files)
        {
            if (NameViolation(name) is { } rule) return rule;
            total += bytes.Length;
        }
        if (total > MaxBytes) return $"its files have {total} bytes in all, at most {MaxBytes} are kept";
        var message = new MaterialFiles();
        foreach ((string name, byte[] bytes) in files) message.Files[name] = UnsafeByteOperations.UnsafeWrap(bytes);
        content = message.ToByteArray();
        names = [.. files.Keys];
        foreach (byte[] bytes in files.Values) Array.Clear(bytes);
        return null;
    }

    /// <summary>The spec that a user may read back.</summary>
    public static MaterialSpec ToSpec(ReadOnlySpan<byte> content)
    {
        MaterialFiles files = MaterialFiles.Parser.ParseFrom(content);
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var binary = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, ByteString bytes) in files.Files)
        {
            try
            {
                data[name] = StrictUtf8.GetString(bytes.Span);
            }
            catch (ArgumentException)
            {
                binary[name] = bytes.ToBase64();
            }
        }
        return new MaterialSpec { Data = data.Count > 0 ? data : null, BinaryData = binary.Count > 0 ? binary : null };
    }

    /// <summary>A declaration in the form in which content is read back: what is text stands in data, all else in binaryData.</summary>
    public static JsonObject Canonical(JsonObject written)
    {
        if (written["spec"] is not JsonObject { } spec || spec["binaryData"] is not JsonObject { Count: > 0 }) return written;
        JsonObject canonical = written.DeepClone().AsObject();
        JsonObject binary = canonical["spec"]!["binaryData"]!.AsObject();
        JsonObject data = canonical["spec"]!["data"] as JsonObject ?? [];
        foreach ((string name, JsonNode? value) in binary.ToArray())
        {
            if (data.ContainsKey(name) || TextOf(value!.GetValue<string>()) is not { } text) continue;
            binary.Remove(name);
            data[name] = text;
        }
        if (binary.Count == 0) canonical["spec"]!.AsObject().Remove("binaryData");
        if (data.Count > 0) canonical["spec"]!["data"] = data.Parent is null ? data : data.DeepClone();
        return canonical;
    }

    private static string? TextOf(string base64)
    {
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string? NameViolation(string name) =>
        name.Length is 0 or > 253 || name is "." or ".." || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? "a file name has 1 to 253 letters, digits, '-', '_' or '.', and is not '.' or '..'"
            : null;
}
