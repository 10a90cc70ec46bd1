using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Federation.Bench.Ingress;

/// <summary>One run of Debian's wrk.</summary>
internal sealed partial record Wrk(long Requests, double P99Milliseconds, long Failed)
{
    public static async Task<Wrk> RunAsync(int core, int connections, TimeSpan time, Uri target, string host, CancellationToken ct)
    {
        using Process wrk = Pinned.Start(core, "wrk", "-t1", $"-c{connections}", $"-d{(int)time.TotalSeconds}s", "--latency", "-H", $"Host: {host}", target.ToString());
        string text = await wrk.StandardOutput.ReadToEndAsync(ct);
        await wrk.WaitForExitAsync(ct);
        if (wrk.ExitCode != 0) throw new InvalidOperationException($"wrk ended with {wrk.ExitCode}: {text}");
        long failed = Answers().Match(text) is { Success: true } answers ? Number(answers.Groups[1].Value) : 0;
        if (Sockets().Match(text) is { Success: true } sockets) failed += sockets.Groups.Values.Skip(1).Sum(static group => Number(group.Value));
        return new(Number(Total().Match(text).Groups[1].Value), Milliseconds(Percentile().Match(text)), failed);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static double Milliseconds(Match match)
    {
        double value = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch { "us" => value / 1000, "ms" => value, "s" => value * 1000, var unit => throw new FormatException($"wrk's unit {unit}") };
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Percentile();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Answers();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex Sockets();
}
