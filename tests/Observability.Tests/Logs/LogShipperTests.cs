using System.Text;
using System.Text.Json;
using Federation.Adapters.Node.Logs;
using Federation.Agent.Logs;
using Federation.Domain.Identifiers;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Observability.Tests.Planes;

namespace Observability.Tests.Logs;

public sealed class LogShipperTests : IDisposable
{
    private const int MostBytes = 2000;
    private static readonly ReplicaId Replica = new("r1");
    private static readonly WorkloadKey Workload = new(new TenantId("default"), "shop", "api");
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-logs-").FullName;

    private string Output => Path.Combine(_folder, "logs", "r1.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ReadFrom_OverRotations_GivesEachLineOnce()
    {
        var time = new VirtualTime();
        var logs = new ReplicaLogs(Path.Combine(_folder, "logs"), MostBytes, files: 10, TimeSpan.FromDays(1), time);
        logs.Expect(Replica);
        var written = new List<string>();
        var read = new List<string>();
        long position = 0;
        for (int i = 0; i < 400; i++)
        {
            written.Add($"line {i}");
            File.AppendAllText(Output, $"line {i}\n");
            if (i % 90 == 0) Read();
            if (i % 50 != 49) continue;
            time.Advance(TimeSpan.FromSeconds(2));
            logs.Tend();
        }
        while (Read() > 0) { }
        Assert.Equal(written, read);
        Assert.True(File.Exists(Output + ".1"), "nothing was rotated");

        int Read()
        {
            IReadOnlyList<PositionedLine> lines = logs.ReadFrom(Replica, position, 300);
            read.AddRange(lines.Select(line => line.Text));
            if (lines.Count > 0) position = lines[^1].Next;
            return lines.Count;
        }
    }

    [Fact]
    public async Task Otlp_DownAndThenUp_TakesEachLineOnce_AndARestartGoesOn()
    {
        int failing = 2;
        await using var stub = new HttpStub(_ => Interlocked.Decrement(ref failing) >= 0 ? (503, "") : (200, "{}"));
        await stub.StartAsync();
        string credentials = Path.Combine(_folder, "authorization");
        await File.WriteAllTextAsync(credentials, "Bearer of-tests\n", TestContext.Current.CancellationToken);
        var receiver = new OtlpLogs(new HttpReceiver(new Uri(stub.Address, "/v1/logs"), credentials), new ClusterId("edge"), new NodeId("n1"));
        Write("one", "two");
        await ShipAsync(receiver, () => Texts(stub.Requests.Skip(2)).Count >= 2 ? null : $"{stub.Requests.Count} requests");
        Write("three");
        await ShipAsync(receiver, () => Texts(stub.Requests.Skip(2)).Contains("three") ? null : $"{stub.Requests.Count} requests");
        Assert.Equal(["one", "two", "three"], Texts(stub.Requests.Skip(2)));
        Assert.All(stub.Requests, request => Assert.Equal("Bearer of-tests", request.Authorization));
        string body = stub.Requests.Last().Body;
        foreach ((string key, string value) in ((string, string)[])[("federation.tenant", "default"), ("federation.namespace", "shop"), ("federation.workload", "api"), ("federation.replica", "r1"), ("federation.cluster", "edge"), ("federation.node", "n1")])
            Assert.Contains($$$"""{"key":"{{{key}}}","value":{"stringValue":"{{{value}}}"}}""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elasticsearch_BusyForALine_GetsAllAgainUnderTheSameIds_AndARefusalHoldsUpNothing()
    {
        int answers = 0;
        await using var stub = new HttpStub(body =>
        {
            int lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length / 2;
            return Interlocked.Increment(ref answers) switch
            {
                1 => (429, ""),
                2 => (200, Bulk(201, 429)),
                3 => (200, Bulk(409, 400)),
                _ => (200, Bulk([.. Enumerable.Repeat(201, lines)])),
            };
        });
        await stub.StartAsync();
        var receiver = new ElasticsearchLogs(new HttpReceiver(new Uri(stub.Address, "/_bulk"), null), "logs-of-tests", new ClusterId("edge"), new NodeId("n1"));
        Write("one", "two");
        await ShipAsync(receiver, () => stub.Requests.Count >= 3 ? null : $"{stub.Requests.Count} requests");
        Write("three");
        await ShipAsync(receiver, () => stub.Requests.Count >= 4 ? null : $"{stub.Requests.Count} requests");

        string[] bodies = [.. stub.Requests.Select(request => request.Body)];
        Assert.Equal(bodies[0], bodies[1]);
        Assert.Equal(bodies[1], bodies[2]);
        string[] lines = bodies[0].Split('\n');
        Assert.Equal("""{"create":{"_index":"logs-of-tests","_id":"r1.0"}}""", lines[0]);
        Assert.Equal("one", JsonDocument.Parse(lines[1]).RootElement.GetProperty("message").GetString());
        Assert.Equal("", lines[^1]);
        Assert.Contains("\"message\":\"three\"", bodies[3], StringComparison.Ordinal);
        Assert.DoesNotContain("\"message\":\"two\"", bodies[3], StringComparison.Ordinal);
    }

    // Runs a shipper, as a start of the agent does, until nothing is missing.
    private async Task ShipAsync(ILogReceiver receiver, Func<string?> missing)
    {
        var logs = new ReplicaLogs(Path.Combine(_folder, "logs"), MostBytes, files: 3, TimeSpan.FromDays(1), TimeProvider.System);
        logs.Expect(Replica);
        string file = Path.Combine(_folder, "positions.json");
        DateTime before = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : default;
        var shipper = new LogShipper(logs, () => new Dictionary<ReplicaId, WorkloadKey> { [Replica] = Workload }, receiver, new LogPositions(file), TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        Task running = shipper.RunAsync(stop.Token);
        await Eventually.NothingMissingAsync("the lines are there", () => Task.FromResult(missing()));
        await Eventually.NothingMissingAsync("the position is kept", () => Task.FromResult(File.Exists(file) && File.GetLastWriteTimeUtc(file) > before ? null : "not yet"));
        await stop.CancelAsync();
        await running;
    }

    private void Write(params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Output)!);
        File.AppendAllText(Output, string.Concat(lines.Select(line => line + "\n")));
    }

    private static string Bulk(params int[] statuses)
    {
        var items = new StringBuilder();
        foreach (int status in statuses) items.Append(items.Length > 0 ? "," : "").Append($$$"""{"create":{"status":{{{status}}}}}""");
        return $$"""{"errors":{{(statuses.Any(status => status >= 400) ? "true" : "false")}},"items":[{{items}}]}""";
    }

    private static List<string> Texts(IEnumerable<(string Authorization, string Body)> requests) =>
    [
        .. from request in requests
           from resource in JsonDocument.Parse(request.Body).RootElement.GetProperty("resourceLogs").EnumerateArray()
           from scope in resource.GetProperty("scopeLogs").EnumerateArray()
           from record in scope.GetProperty("logRecords").EnumerateArray()
           select record.GetProperty("body").GetProperty("stringValue").GetString()!,
    ];
}
