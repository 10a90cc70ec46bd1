using System.Globalization;
using Federation.Domain.Quantities;

namespace Federation.Dashboard.Display;

/// <summary>Numbers and times as a person reads them.</summary>
public static class Figures
{
    /// <summary>Cores: <c>1.25</c>.</summary>
    public static string Cores(CpuMillis cpu) => (cpu.Value / 1000.0).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Memory in its fitting binary unit: <c>1.5 GiB</c>.</summary>
    public static string Memory(MemoryBytes memory)
    {
        double value = memory.Value;
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (Math.Abs(value) >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(value >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture)} {units[unit]}");
    }

    /// <summary>With a thin space at the thousands: <c>12 345</c>.</summary>
    public static string Count(long number) => number.ToString("#,0", Thousands);

    /// <summary>A count with its noun: <c>1 node</c>, <c>3 nodes</c>.</summary>
    public static string Count(long number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>Requests a second: <c>0.2</c>, <c>12</c>.</summary>
    public static string Rate(double perSecond) => perSecond >= 10 ? Count((long)Math.Round(perSecond)) : perSecond is > 0 and < 0.1 ? "< 0.1" : perSecond.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole, in percent: what is not nothing is never shown as nothing.</summary>
    public static string Share(double part, double whole)
    {
        double percent = whole <= 0 ? 0 : part / whole * 100;
        return percent is > 0 and < 0.1 ? "< 0.1 %" : string.Create(CultureInfo.InvariantCulture, $"{percent:0.#} %");
    }

    /// <summary>A short time in its fitting unit: <c>3 ms</c>, <c>1.2 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.001 => "< 1 ms",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
    };

    /// <summary>How long ago, coarsely: it changes at most once a minute, so that nothing on a page moves without meaning.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now)
    {
        TimeSpan age = now - then;
        return age switch
        {
            { TotalMinutes: < 1 } => "just now",
            { TotalHours: < 1 } => $"{(int)age.TotalMinutes} min",
            { TotalDays: < 1 } => $"{(int)age.TotalHours} h",
            _ => $"{(int)age.TotalDays} d",
        };
    }

    /// <summary>A moment for machines and tooltips.</summary>
    public static string Exact(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A moment in a table of today: the time of day in UTC, with its date if it is older.</summary>
    public static string Clock(DateTimeOffset time, DateTimeOffset now) =>
        time.UtcDateTime.ToString(time.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static readonly NumberFormatInfo Thousands = new() { NumberGroupSeparator = "\u202f" };
}
