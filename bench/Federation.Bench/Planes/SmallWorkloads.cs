using System.Globalization;
using System.Text;

namespace Federation.Bench.Planes;

/// <summary>Workloads of one small process each, for benchmarks to which only their number matters.</summary>
internal static class SmallWorkloads
{
    /// <summary>The program that each runs.</summary>
    public const string Program = "sleep";

    /// <summary>Its argument.</summary>
    public const string Argument = "86400";

    /// <summary>A file of those with the numbers from the first to before the end; all are of the stack <c>small</c>.</summary>
    public static string Of(string prefix, int first, int end)
    {
        var file = new StringBuilder();
        for (int number = first; number < end; number++) file.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: {{prefix}}{{number:D3}}, labels: { federation/stack: small } }
            spec:
              template:
                process: { command: {{Program}}, arguments: ["{{Argument}}"] }
                resources: { cpu: 10m, memory: 4Mi }
                stopGraceSeconds: 1
            ---

            """);
        return file.ToString();
    }
}
