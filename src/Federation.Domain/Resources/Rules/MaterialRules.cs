using System.Buffers;
using System.Text;
using Federation.Domain.SecretMaterial;

namespace Federation.Domain.Resources.Rules;

/// <summary>Rules of Configs and Secrets. No message here holds a value.</summary>
internal static class MaterialRules
{
    private const int MaxKeyBytes = 255;
    private const long MaxBytes = 1 << 20;

    public static void Check(MaterialSpec spec, bool secret, RuleContext context)
    {
        long total = 0;
        foreach ((string key, string value) in spec.Data ?? new Dictionary<string, string>())
        {
            CheckKey("spec.data", key, context);
            total += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }
        foreach ((string key, string value) in spec.BinaryData ?? new Dictionary<string, string>())
        {
            CheckKey("spec.binaryData", key, context);
            string path = RuleContext.KeyPath("spec.binaryData", key);
            if (spec.Data?.ContainsKey(key) == true) context.Refuse(path, "a key lies in data or in binaryData, not in both");
            total += Encoding.UTF8.GetByteCount(key);
            if (DecodedLength(value) is { } length) total += length;
            else context.Refuse(path, "the value is no valid base64", "for plain text, use data");
        }
        if (total > MaxBytes) context.Refuse("spec", $"keys and values have at most {MaxBytes} bytes in all, these have {total}");
        if (secret && spec is { Data: not { Count: > 0 }, BinaryData: not { Count: > 0 } })
            context.Refuse("spec", "a Secret needs at least one key in data or binaryData", "values are never shown: what get printed cannot be applied again without them");
    }

    private static void CheckKey(string path, string key, RuleContext context)
    {
        if (key.Length == 0 || key.StartsWith("..", StringComparison.Ordinal) || key == "."
            || key.Any(static c => c is '/' or '\\' || char.IsControl(c)) || Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
        {
            context.Refuse(RuleContext.KeyPath(path, key.Length > MaxKeyBytes ? key[..MaxKeyBytes] : key),
                $"a key is a file name: 1 to {MaxKeyBytes} bytes, no '/', '\\' or control characters, not '.', not beginning with '..'");
        }
    }

    private static int? DecodedLength(string base64)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((base64.Length / 4 * 3) + 3);
        try
        {
            return Convert.TryFromBase64String(base64, buffer, out int written) ? written : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
