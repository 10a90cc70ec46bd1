using System.Globalization;
using Federation.Engine.Events;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>
    /// Opens the stream of events. Read what is there after it is open, and nothing is missed; or resume by the time of the last event seen, which then
    /// comes again: the daemon keeps the last 256 or so.
    /// </summary>
    /// <param name="sinceNanoseconds">The <see cref="EngineEvent.TimeNanoseconds"/> to resume from; null to begin now.</param>
    /// <param name="filters">Such as <c>type</c>, <c>event</c> and <c>label</c>; of one name any, of several all must hold.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<EventStream> OpenEventsAsync(long? sinceNanoseconds, (string Name, string Value)[] filters, CancellationToken cancellationToken)
    {
        string path = $"events?filters={Filters(filters)}";
        if (sinceNanoseconds is { } since) path += string.Create(CultureInfo.InvariantCulture, $"&since={since / NanosecondsPerSecond}.{since % NanosecondsPerSecond:D9}");
        HttpResponseMessage reply = await OpenAsync(await RequestAsync(HttpMethod.Get, path, null, cancellationToken), cancellationToken);
        return new EventStream(reply, await reply.Content.ReadAsStreamAsync(cancellationToken));
    }
}
