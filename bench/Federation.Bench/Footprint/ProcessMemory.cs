using System.Globalization;

namespace Federation.Bench.Footprint;

/// <summary>What a process holds: pages in memory, shared ones included, and those of them that are its own.</summary>
internal sealed record ProcessMemory(double ResidentMegabytes, double AnonymousMegabytes)
{
    /// <summary>Reads <c>/proc/PID/smaps_rollup</c>; nothing where the process has ended.</summary>
    public static ProcessMemory? Of(int process)
    {
        try
        {
            var fields = File.ReadLines($"/proc/{process}/smaps_rollup").Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToList();
            return new(Megabytes("Rss:"), Megabytes("Anonymous:"));

            double Megabytes(string name) => long.Parse(fields.Single(field => field[0] == name)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    public static ProcessMemory operator +(ProcessMemory one, ProcessMemory other) =>
        new(one.ResidentMegabytes + other.ResidentMegabytes, one.AnonymousMegabytes + other.AnonymousMegabytes);
}
