using System.Globalization;

namespace Federation.Security.AtRest;

/// <summary>How the key of a backup file is sealed: with a data key of its own, and that with Identity's key-encryption key.</summary>
public static class BackupSeal
{
    /// <summary>What the data key is for; bound into its seal.</summary>
    public const string Scope = "backup";

    /// <summary>What the file's key is bound to.</summary>
    public static string AddressOf(string plane, DateTimeOffset takenAt) => string.Create(CultureInfo.InvariantCulture, $"Backup/{plane}/{takenAt.UtcTicks}");
}
