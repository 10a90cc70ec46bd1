using System.Globalization;
using Federation.Contracts.Api;

namespace Federation.Cli.Rendering;

/// <summary>Events for people.</summary>
internal static class EventLines
{
    public static Table Table(IEnumerable<EventRecord> events, DateTimeOffset now)
    {
        var table = new Table(new("AGE", Right: true), new("TYPE"), new("REASON"), new("OBJECT"), new("COUNT", Right: true, Wide: true), new("SOURCE", Wide: true), new("MESSAGE"));
        foreach (EventRecord record in events)
            table.Add(Age.Of(record.Time, now), record.Type, record.Reason, record.Object, record.Count.ToString(CultureInfo.InvariantCulture), record.Source, record.Message);
        return table;
    }

    /// <summary>One line, for a stream of them.</summary>
    public static string Line(EventRecord record) => string.Create(CultureInfo.InvariantCulture,
        $"{record.Time.ToLocalTime():HH:mm:ss}  {record.Type,-7}  {record.Object}  {record.Reason}: {record.Message}{(record.Count > 1 ? $" (x{record.Count})" : "")}");
}
