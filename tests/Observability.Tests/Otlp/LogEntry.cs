namespace Observability.Tests.Otlp;

/// <summary>A log record, as it was received.</summary>
internal sealed record LogEntry(IReadOnlyDictionary<string, string> Resource, string Severity, string Body, IReadOnlyDictionary<string, string> Attributes);
