using System.Globalization;
using Federation.Engine.Containers;
using Federation.Engine.Events;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // How far from a container's end the news of its memory lies. After it, up to 0.16 s were seen, with four busy programs beside two processors.
    private static readonly TimeSpan MemoryNewsBefore = TimeSpan.FromSeconds(1), MemoryNewsAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Opens the stream of events. Read what is there after it is open, and nothing is missed; or resume by the time of the last event seen, which then
    /// comes again: the daemon keeps the last 256 or so.
    /// </summary>
    /// <param name="sinceNanoseconds">The <see cref="EngineEvent.TimeNanoseconds"/> to resume from; null to begin now.</param>
    /// <param name="filters">Such as <c>type</c>, <c>event</c> and <c>label</c>; of one name any, of several all must hold.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<EventStream> OpenEventsAsync(long? sinceNanoseconds, (string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        OpenEventsAsync(sinceNanoseconds, null, filters, cancellationToken);

    /// <summary>
    /// Whether the kernel killed a container that has ended for want of memory, answered within a second of the end. Its description alone does
    /// not say: a daemon hears of the end and of the memory by two ways, and one of 20.10 that hears of the end first tells the other as an event alone.
    /// </summary>
    /// <param name="ended">The container, as described after its end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> RanOutOfMemoryAsync(ContainerDetails ended, CancellationToken cancellationToken)
    {
        if (ended.State.OutOfMemory) return true;
        if (ended.State.ExitCode != ContainerState.KilledCode) return false;
        // By the daemon's own clock: whoever asks later has the answer at once.
        long since = Nanoseconds(ended.State.FinishedAt - MemoryNewsBefore), until = Nanoseconds(ended.State.FinishedAt + MemoryNewsAfter);
        using EventStream events = await OpenEventsAsync(since, until, [("type", "container"), ("event", "oom"), ("container", ended.Id)], cancellationToken);
        await foreach (EngineEvent _ in events.ReadAsync(cancellationToken)) return true;
        return false;
    }

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private async Task<EventStream> OpenEventsAsync(long? since, long? until, (string Name, string Value)[] filters, CancellationToken cancellationToken)
    {
        string path = $"events?filters={Filters(filters)}";
        if (since is { } first) path += $"&since={Timestamp(first)}";
        if (until is { } last) path += $"&until={Timestamp(last)}";
        HttpResponseMessage reply = await OpenAsync(await RequestAsync(HttpMethod.Get, path, null, cancellationToken), cancellationToken);
        return new EventStream(reply, await reply.Content.ReadAsStreamAsync(cancellationToken));
    }

    private static string Timestamp(long nanoseconds) => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsPerSecond}.{nanoseconds % NanosecondsPerSecond:D9}");
}
