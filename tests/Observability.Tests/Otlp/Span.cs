namespace Observability.Tests.Otlp;

/// <summary>A span, as it was received. Times are in nanoseconds since 1970.</summary>
internal sealed record Span(string Service, string Scope, string Name, string TraceId, string SpanId, string ParentId, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes)
{
    public TimeSpan Duration => TimeSpan.FromTicks((long)(End - Start) / 100);

    public override string ToString() => $"{Service,-12} {Scope,-24} {Name,-28} {SpanId} < {ParentId,-16} {Start / 1000 % 100_000_000,9} us + {(End - Start) / 1000,7} us";
}
