using System.Globalization;

namespace Federation.Bench.Footprint;

/// <summary>What a process holds, in MB (of 1,048,576 bytes).</summary>
/// <param name="Resident">All its pages in memory; those that it shares are counted whole.</param>
/// <param name="Anonymous">Of those, its own: heaps and stacks, which no file backs.</param>
/// <param name="Generated">Of those, the memory that machine code made at run time lies in; mapped twice, so that no page is writable and executable at once.</param>
/// <param name="Files">Of those, pages of programs and libraries. The kernel may drop and read them again, and every process with the same file shares them.</param>
/// <param name="Proportional">Its part, where shared pages are divided among those that share them: over all processes this adds up to what the machine gives.</param>
internal sealed record ProcessMemory(double Resident, double Anonymous, double Generated, double Files, double Proportional)
{
    public static ProcessMemory None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Reads it from <c>/proc</c>; nothing where the process has ended.</summary>
    public static ProcessMemory? Of(int process)
    {
        try
        {
            string[][] status = Read($"/proc/{process}/status"), maps = Read($"/proc/{process}/smaps_rollup");
            return new(Megabytes(status, "VmRSS:"), Megabytes(status, "RssAnon:"), Megabytes(status, "RssShmem:"), Megabytes(status, "RssFile:"), Megabytes(maps, "Pss:"));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    public static ProcessMemory operator +(ProcessMemory one, ProcessMemory other) => new(
        one.Resident + other.Resident, one.Anonymous + other.Anonymous, one.Generated + other.Generated, one.Files + other.Files, one.Proportional + other.Proportional);

    private static string[][] Read(string file) => [.. File.ReadLines(file).Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];

    private static double Megabytes(string[][] fields, string name) => long.Parse(fields.Single(field => field.Length > 1 && field[0] == name)[1], CultureInfo.InvariantCulture) / 1024.0;
}
