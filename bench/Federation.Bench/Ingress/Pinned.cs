using System.Diagnostics;
using System.Globalization;

namespace Federation.Bench.Ingress;

/// <summary>Programs bound to one core, and what they used of it.</summary>
internal static class Pinned
{
    private static readonly double TicksPerSecond = 100;

    public static Process Start(int core, string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("taskset", ["-c", core.ToString(CultureInfo.InvariantCulture), program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })
        ?? throw new InvalidOperationException($"{program} did not start");

    /// <summary>Binds every thread of a process that runs.</summary>
    public static async Task BindAsync(int core, int process)
    {
        using Process taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", core.ToString(CultureInfo.InvariantCulture), process.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        await taskset.WaitForExitAsync();
        if (taskset.ExitCode != 0) throw new InvalidOperationException($"taskset could not bind process {process}");
    }

    /// <summary>Processor seconds of a process and its children since they started, in user and kernel mode.</summary>
    public static double ProcessorSeconds(int process) => Of(process) + Directory.EnumerateDirectories("/proc")
        .Select(static entry => int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(id => id != 0 && Field(id, 1) == process)
        .Sum(Of);

    private static double Of(int process) => (Field(process, 11) + Field(process, 12)) / TicksPerSecond;

    // The fields after the program's name, which may hold anything.
    private static long Field(int process, int index)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[index], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended in between.
            return 0;
        }
    }
}
