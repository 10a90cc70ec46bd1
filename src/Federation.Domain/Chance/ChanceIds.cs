namespace Federation.Domain.Chance;

/// <summary>Ids made by chance.</summary>
public static class ChanceIds
{
    /// <summary>A 128-bit id as 32 lower-case hexadecimal digits.</summary>
    public static string NextUid(this IChance chance)
    {
        Span<byte> bytes = stackalloc byte[16];
        chance.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
