namespace Federation.Domain.Workloads;

/// <summary>Rights of a file as chmod(1) writes them in digits.</summary>
public static class OctalMode
{
    /// <summary>The number that octal digits say, at most 7777; null if they say none.</summary>
    public static int? Read(string digits) =>
        digits.Length is > 0 and <= 5 && digits.All(static digit => digit is >= '0' and <= '7') && digits.Aggregate(0, static (mode, digit) => (mode << 3) + (digit - '0')) is <= 0xfff and var mode ? mode : null;
}
