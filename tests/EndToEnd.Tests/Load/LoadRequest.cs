namespace EndToEnd.Tests.Load;

/// <summary>One request and what became of it.</summary>
/// <param name="Start">When it was sent.</param>
/// <param name="End">When its answer was complete, or it failed.</param>
/// <param name="Order">The order's id, for a POST; null for a GET.</param>
/// <param name="Failure">What went wrong; null for an answer of 200.</param>
internal sealed record LoadRequest(DateTimeOffset Start, DateTimeOffset End, string? Order, string? Failure)
{
    public bool Idempotent => Order is null;

    public override string ToString() => $"{(Idempotent ? "GET" : "POST")} {Start:HH:mm:ss.fff} to {End:HH:mm:ss.fff}: {Failure ?? "200"}";
}
