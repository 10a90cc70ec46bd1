namespace Federation.Contracts.Api;

/// <summary>Something that happened, for people.</summary>
/// <param name="Time">When, by the recording service's clock.</param>
/// <param name="Type">Normal or Warning.</param>
/// <param name="Reason">One word.</param>
/// <param name="Object">Kind and name: <c>Workload default/web</c>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Count">How often in a row.</param>
/// <param name="Source">The service that saw it.</param>
public sealed record EventRecord(DateTimeOffset Time, string Type, string Reason, string Object, string Message, int Count, string Source);
