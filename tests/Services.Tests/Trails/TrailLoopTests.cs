using System.Globalization;
using Federation.Domain.Chance;
using Federation.ServiceDefaults.Resources;
using Federation.ServiceDefaults.Trails;
using Federation.Storage;
using Federation.Storage.Logs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Trails;

public sealed class TrailLoopTests : IAsyncLifetime
{
    private IStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Cut_ATenantAboveTheBound_LosesItsOldestRecordsAlone()
    {
        await WriteAsync("Event", "busy", 1300);
        await WriteAsync("Event", "quiet", 30);
        await WriteAsync("Other", "busy", 300);
        var loop = new TrailLoop(_store, [new TrailBound("Event", 100)], TimeProvider.System, NullLogger<TrailLoop>.Instance);

        Assert.Equal(1200, await loop.CutAsync(Ct));

        Assert.Equal(Enumerable.Range(1200, 100).Select(number => Key("busy", number)), Keys("Event").Where(static key => key.StartsWith("busy/", StringComparison.Ordinal)));
        Assert.Equal(30, Keys("Event").Count(static key => key.StartsWith("quiet/", StringComparison.Ordinal)));
        Assert.Equal(300, Keys("Other").Count());
        Assert.Equal(0, await loop.CutAsync(Ct));
    }

    [Theory]
    [InlineData(null, 20_000)]
    [InlineData("5000", 5000)]
    public void OfAudit_Setting_IsTaken(string? setting, int expected) =>
        Assert.Equal(new TrailBound(AuditTrail.Kind, expected), TrailBound.OfAudit(Configuration(setting)));

    [Fact]
    public void OfAudit_TooFew_IsRefusedByName() =>
        Assert.Contains("Federation__AuditRecordsPerTenant", Assert.Throws<InvalidOperationException>(() => TrailBound.OfAudit(Configuration("10"))).Message, StringComparison.Ordinal);

    private static IConfiguration Configuration(string? setting) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("Federation:AuditRecordsPerTenant", setting)]).Build();

    private static string Key(string tenant, int number) => string.Create(CultureInfo.InvariantCulture, $"{tenant}/{number:D20}-x");

    private IEnumerable<string> Keys(string kind) => _store.Current.List(kind).Select(static document => document.Key.Key);

    private async Task WriteAsync(string kind, string tenant, int count)
    {
        foreach (int[] batch in Enumerable.Range(0, count).Chunk(500))
            await _store.CommitAsync(new StoreTransaction { Writes = [.. batch.Select(number => new StoreWrite(new DocumentKey(kind, Key(tenant, number)), "{}"u8.ToArray()))] }, Ct);
    }
}
