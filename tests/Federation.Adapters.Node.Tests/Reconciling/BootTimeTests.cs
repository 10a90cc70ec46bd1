using System.Globalization;
using Federation.Adapters.Node.Leases;

namespace Federation.Adapters.Node.Tests.Reconciling;

/// <summary>The clock of leases is the one that the parents of singletons read.</summary>
public sealed class BootTimeTests
{
    [Fact]
    public void GetTimestamp_IsTheKernelsUptime()
    {
        double before = Uptime(), now = BootTime.Instance.GetElapsedTime(0).TotalSeconds, after = Uptime();
        // The file has hundredths alone.
        Assert.InRange(now, before - 0.01, after + 0.02);
    }

    private static double Uptime() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
}
