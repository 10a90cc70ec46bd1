using System.Security.Cryptography;

namespace Federation.Sample;

/// <summary>
/// Reads the files that the Agent laid out: <c>CONFIG_FILE</c> and <c>SECRET_FILE</c> name them relative to the folders
/// in <c>FEDERATION_CONFIGS</c> and <c>FEDERATION_SECRETS</c>. Read anew for each answer, as a program does that follows its files.
/// </summary>
internal static class Material
{
    public static string? Config() => PathOf("FEDERATION_CONFIGS", "CONFIG_FILE") is { } path ? File.ReadAllText(path).TrimEnd() : null;

    public static SecretFingerprint? Secret()
    {
        if (PathOf("FEDERATION_SECRETS", "SECRET_FILE") is not { } path) return null;
        byte[] content = File.ReadAllBytes(path);
        return new(content.Length, Convert.ToHexStringLower(SHA256.HashData(content))[..8]);
    }

    private static string? PathOf(string folder, string file) =>
        (Environment.GetEnvironmentVariable(folder), Environment.GetEnvironmentVariable(file)) is ({ Length: > 0 } root, { Length: > 0 } name)
            ? Path.Combine(root, name)
            : null;
}
