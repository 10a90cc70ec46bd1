using Federation.Domain.Quantities;

namespace Federation.Domain.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("500m", 500)]
    [InlineData("0.5", 500)]
    [InlineData("2", 2000)]
    [InlineData("0", 0)]
    [InlineData("0.001", 1)]
    [InlineData("1000000", CpuMillis.MaxValue)]
    public void ParseCpu_WrittenForms_AreThousandths(string text, long millis) => Assert.Equal(millis, CpuMillis.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("0.0001")]
    [InlineData("0.5m")]
    [InlineData("1 core")]
    [InlineData("1000001")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    public void ParseCpu_Other_IsRefusedByRule(string text) => Assert.StartsWith("CPU is", Assert.Throws<FormatException>(() => CpuMillis.Parse(text)).Message);

    [Theory]
    [InlineData("64Mi", 64L << 20)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64M", 64_000_000)]
    [InlineData("64MB", 64_000_000)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData("1048576", 1 << 20)]
    [InlineData("7B", 7)]
    [InlineData("0", 0)]
    [InlineData("1024Ti", MemoryBytes.MaxValue)]
    public void ParseMemory_WrittenForms_AreBytes(string text, long bytes) => Assert.Equal(bytes, MemoryBytes.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("-1")]
    [InlineData("64Qi")]
    [InlineData("64mi")]
    [InlineData("0.3B")]
    [InlineData("1.2.3Mi")]
    [InlineData("1025Ti")]
    [InlineData("99999999999999999999999999999999999999999Ti")]
    [InlineData("64 Mi")]
    public void ParseMemory_Other_IsRefusedByRule(string text) => Assert.StartsWith("memory is", Assert.Throws<FormatException>(() => MemoryBytes.Parse(text)).Message);

    [Fact]
    public void ToString_AnyQuantity_ReadsBackEqual()
    {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            var cpu = new CpuMillis(random.NextInt64(CpuMillis.MaxValue));
            var memory = new MemoryBytes(random.NextInt64(MemoryBytes.MaxValue >> random.Next(8, 50)) << random.Next(8));
            Assert.Equal(cpu, CpuMillis.Parse(cpu.ToString()));
            Assert.Equal(memory, MemoryBytes.Parse(memory.ToString()));
        }
    }

    [Theory]
    [InlineData(1000, 100, 200, 10, 5)]
    [InlineData(1000, 5, 200, 10, 0)]
    [InlineData(-1, 100, 200, 10, 0)]
    [InlineData(1000, 100, 0, 10, 10)]
    [InlineData(1000, 100, 0, 0, long.MaxValue)]
    public void Fits_CountsWholeUnits(long cpu, long memory, long unitCpu, long unitMemory, long expected) =>
        Assert.Equal(expected, new ResourceAmount(new(cpu), new(memory)).Fits(new(new(unitCpu), new(unitMemory))));

    [Fact]
    public void Amounts_ThatOverflow_Throw() =>
        Assert.Throws<OverflowException>(() => new ResourceAmount(new(long.MaxValue), default) + new ResourceAmount(new(1), default));
}
