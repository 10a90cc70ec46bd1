using System.Diagnostics;
using System.Net;
using Observability.Tests.Otlp;
using Observability.Tests.Planes;

namespace Observability.Tests.Traces;

public sealed class TraceTests
{
    // Clocks of processes on one machine are one clock, read by each at its own pace.
    private const ulong Tolerance = 2_000_000;

    // A server ends its span after its last byte has left, whenever a busy machine lets it.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(5);

    // traced.yaml: the slow role answers after a second; its timer may be early by a tick.
    private static readonly TimeSpan WorkTime = TimeSpan.FromSeconds(0.98);

    [Fact]
    public async Task Request_FromIngressToWorkload_IsOneTraceWhoseTimesAddUp()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using RunningPlane plane = await RunningPlane.StartAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        });
        await plane.ApplyAsync(Repository.PathOf("tests", "Observability.Tests", "Traces", "traced.yaml"), "RECEIVER", receiver.Address);

        // The first request of a replica opens its way through the tunnel, the second finds it open.
        (string Trace, TimeSpan Waited)[] requests = [await RequestAsync(plane), await RequestAsync(plane)];
        Span[] first = [];
        Span[] second = [];
        await Eventually.NothingMissingAsync("both traces are whole", () =>
        {
            first = Of(receiver, requests[0].Trace);
            second = Of(receiver, requests[1].Trace);
            bool whole = first.Concat(second).Count(span => span.Name == "replica exchange") == 2 && second.Any(IsWorkload) && first.Any(IsWorkload)
                && second.Any(IsIngress) && first.Any(IsIngress) && first.Any(span => span.Name == "replica connect");
            return Task.FromResult(whole ? null : string.Join('\n', receiver.Spans.Where(span => span.Service is "gateway" or "agent" or "traced").TakeLast(60)));
        });

        CheckWay(first, requests[0].Waited);
        CheckWay(second, requests[1].Waited);
        Span opening = Assert.Single(first, span => span.Name == "tunnel open");
        Within(Assert.Single(first, span => span.Name == "replica connect"), opening);
        Assert.DoesNotContain(second, span => span.Name == "tunnel open");

        // Logs of the services go the same way.
        Assert.Contains(receiver.Logs, log => log.Resource["service.name"] == "gateway" && log.Body.Contains("tunnel", StringComparison.Ordinal));
        Assert.DoesNotContain(receiver.Spans, span => span.Attributes.GetValueOrDefault("url.path") is "/health" or "/metrics");
    }

    private static void CheckWay(Span[] trace, TimeSpan waited)
    {
        Span ingress = Assert.Single(trace, IsIngress);
        Span attempt = Assert.Single(trace, span => span.Name == "forward");
        Span sent = Assert.Single(trace, span => span.Scope == "System.Net.Http" && span.Service == "gateway");
        Span exchange = Assert.Single(trace, span => span.Name == "replica exchange");
        Span workload = Assert.Single(trace, IsWorkload);
        Assert.Equal(ingress.SpanId, attempt.ParentId);
        Assert.Equal(attempt.SpanId, sent.ParentId);
        Assert.Equal(sent.SpanId, exchange.ParentId);
        Assert.Equal(sent.SpanId, workload.ParentId);
        Assert.Equal("1", attempt.Attributes["federation.try"]);
        Assert.Equal("default/default/traced", attempt.Attributes["federation.workload"]);
        Assert.Equal(attempt.Attributes["federation.replica"], exchange.Attributes["federation.replica"]);
        Span[] way = [ingress, attempt, sent, exchange, workload];
        for (int i = 1; i < way.Length; i++) Within(way[i], way[i - 1]);
        // The workload's second is in every span around it, and all of them are in the time that the caller waited.
        Assert.InRange(workload.Duration, WorkTime, ingress.Duration + Afterwards);
        Assert.InRange(ingress.Duration, WorkTime, waited + Afterwards);
    }

    private static void Within(Span child, Span parent) => Assert.True(
        child.Start + Tolerance >= parent.Start && child.End <= parent.End + Tolerance + (IsWorkload(child) ? (ulong)Afterwards.Ticks * 100 : 0), $"not within its parent:\n{parent}\n{child}");

    private static bool IsIngress(Span span) => span.Service == "gateway" && span.Scope == "Microsoft.AspNetCore" && span.Attributes.ContainsKey("federation.route");

    private static bool IsWorkload(Span span) => span.Service == "traced" && span.Scope == "Microsoft.AspNetCore";

    private static Span[] Of(OtlpReceiver receiver, string trace) => [.. receiver.Spans.Where(span => span.TraceId == trace)];

    // The caller's own trace goes on.
    private static async Task<(string Trace, TimeSpan Waited)> RequestAsync(RunningPlane plane)
    {
        long started = TimeProvider.System.GetTimestamp();
        string trace = ActivityTraceId.CreateRandom().ToHexString();
        HttpStatusCode status = await plane.RequestAsync("traced.localhost", request => request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01"));
        Assert.Equal(HttpStatusCode.OK, status);
        return (trace, TimeProvider.System.GetElapsedTime(started));
    }
}
