using System.Text;

namespace EndToEnd.Tests.Machine;

/// <summary>The forms in which a text may lie in a file although nobody wrote it there as it is.</summary>
internal static class Encodings
{
    public static IReadOnlyDictionary<string, byte[]> Of(string secret)
    {
        byte[] plain = Encoding.UTF8.GetBytes(secret);
        var forms = new Dictionary<string, string>
        {
            ["as it is"] = secret,
            ["in hex"] = Convert.ToHexStringLower(plain),
            ["in upper-case hex"] = Convert.ToHexString(plain),
            ["URL-encoded"] = Uri.EscapeDataString(secret),
        };
        for (int offset = 0; offset < 3; offset++)
        {
            // In the middle of other text the encoding depends on where it begins, modulo 3; its ends mix with the neighbours.
            int whole = (plain.Length - offset) / 3 * 3;
            string base64 = Convert.ToBase64String(plain, offset, whole);
            forms[$"in base64, from byte {offset}"] = base64;
            forms[$"in base64url, from byte {offset}"] = base64.Replace('+', '-').Replace('/', '_');
        }
        return forms.ToDictionary(form => form.Key, form => Encoding.UTF8.GetBytes(form.Value));
    }
}
