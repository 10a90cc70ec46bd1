using System.Globalization;
using Federation.Domain.Quantities;

namespace Federation.Cli.Rendering;

/// <summary>Quantities as a person reads them; exact forms are in <c>-o json</c>.</summary>
internal static class Amounts
{
    public static string Of(CpuMillis cpu) => (cpu.Value / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    public static string Of(MemoryBytes memory) => memory.Value switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{memory.Value / (double)(1L << 30):0.##}Gi"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{memory.Value / (double)(1L << 20):0.#}Mi"),
        _ => memory.ToString(),
    };
}
