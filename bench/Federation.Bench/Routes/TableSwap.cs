using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Results;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Routing.Documents;
using Federation.Routing.Tables;

namespace Federation.Bench.Routes;

/// <summary>The swap alone: a changed route becomes the next table, while another thread looks hosts up as fast as it can and must find each.</summary>
internal static class TableSwap
{
    private static readonly WorkloadKey Service = new(new("t1"), "default", "routed");

    public static void Measure(BenchmarkContext context, int hosts, double goal)
    {
        var builder = new RouteTableBuilder(SecureChance.Instance);
        builder.Put(new ServiceEndpoints { Service = Service, Endpoints = [] });
        for (int host = 0; host < hosts; host++) builder.Put(Entry(RoutesBenchmark.FilledHost(host)));
        RouteTable table = builder.Commit();
        int changes = context.Quick ? 1_000 : 20_000;
        bool ended = false;
        long missed = 0, lookups = 0;
        var reader = new Thread(() =>
        {
            var random = new Random(1);
            string[] names = [.. Enumerable.Range(0, Math.Min(hosts, 10_000)).Select(_ => RoutesBenchmark.FilledHost(random.Next(hosts)))];
            while (!Volatile.Read(ref ended))
            {
                foreach (string name in names)
                {
                    if (Volatile.Read(ref table).Match(name, "/").Entry is null) missed++;
                    lookups++;
                }
            }
        });
        reader.Start();
        var took = new double[changes];
        long all = Stopwatch.GetTimestamp();
        for (int change = 0; change < changes; change++)
        {
            long began = Stopwatch.GetTimestamp();
            builder.Put(Entry(string.Create(CultureInfo.InvariantCulture, $"change-{change}.localhost")));
            Volatile.Write(ref table, builder.Commit());
            took[change] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        double seconds = Stopwatch.GetElapsedTime(all).TotalSeconds;
        Volatile.Write(ref ended, true);
        reader.Join();
        if (missed > 0) throw new InvalidOperationException($"{missed} of {lookups} lookups did not find their host.");
        Array.Sort(took);
        string name = string.Create(CultureInfo.InvariantCulture, $"{hosts:N0} hosts, swap");
        context.Report(new() { Name = $"{name}, p50", Ours = Math.Round(took[changes / 2], 4), Unit = "ms", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, p99", Ours = Math.Round(took[(int)(changes * 0.99)], 4), Unit = "ms", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(goal) });
        context.Report(new() { Name = $"{name}, lookups meanwhile", Ours = lookups / seconds, Unit = "lookups/s" });
    }

    private static RouteEntry Entry(string host) => new() { Host = host, Path = "/", Service = Service };
}
