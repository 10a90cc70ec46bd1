using System.Globalization;

namespace Federation.Grpc.Framing;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const long MaxDigits = 99_999_999;

    // A timer's limit: Task.Delay and CancelAfter take no more.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue - 1);

    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return "1n";
        (long value, char unit) = (timeout.Ticks * 100 <= MaxDigits ? timeout.Ticks * 100 : 0, 'n');
        if (value == 0)
            (value, unit) = ((long)Math.Ceiling(timeout.TotalMicroseconds), 'u');
        if (value > MaxDigits)
            (value, unit) = ((long)Math.Ceiling(timeout.TotalMilliseconds), 'm');
        if (value > MaxDigits)
            (value, unit) = ((long)Math.Ceiling(timeout.TotalSeconds), 'S');
        if (value > MaxDigits)
            (value, unit) = (Math.Min((long)Math.Ceiling(timeout.TotalHours), MaxDigits), 'H');
        return value.ToString(CultureInfo.InvariantCulture) + unit;
    }

    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return false;
        double? seconds = text[^1] switch
        {
            'H' => value * 3600d,
            'M' => value * 60d,
            'S' => value,
            'm' => value / 1e3,
            'u' => value / 1e6,
            'n' => value / 1e9,
            _ => null,
        };
        if (seconds is null)
            return false;
        timeout = seconds > Longest.TotalSeconds ? Longest : TimeSpan.FromTicks((long)Math.Ceiling(seconds.Value * TimeSpan.TicksPerSecond));
        return true;
    }
}
