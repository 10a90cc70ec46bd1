using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>
/// What only events tell, the newest of each object, by its uid: of a pod every warning, of what makes pods or Jobs that the cluster refuses one. Events come again with every
/// list, and long after what they tell is over; so what was answered stays so until a newer one comes. Not thread-safe.
/// </summary>
internal sealed class Warnings
{
    private readonly Dictionary<string, (string Kind, string? Text, DateTimeOffset At)> _newest = new(StringComparer.Ordinal);

    /// <summary>What the newest about an object said, and when; null if none did, or it was answered.</summary>
    public (string Text, DateTimeOffset At)? Of(string uid) => _newest.TryGetValue(uid, out (string Kind, string? Text, DateTimeOffset At) one) && one.Text is { } text ? (text, one.At) : null;

    /// <summary>Takes note of an event, whatever it is.</summary>
    public void Take(EventObject told)
    {
        if (told.InvolvedObject is not { Kind: "Pod" or "Job" or "StatefulSet" or "CronJob", Kind: { } kind, Uid: { } uid }) return;
        string? text = told is { Type: "Warning", Message: { Length: > 0 } message } && (kind == "Pod" || told.Reason == "FailedCreate") ? message : null;
        // A run that could begin answers for those that could not: the clock begins one after the other.
        if (text is null && !(kind == "CronJob" && told.Reason == "SuccessfulCreate")) return;
        DateTimeOffset at = told.LastTimestamp ?? told.EventTime ?? told.Metadata.CreationTimestamp ?? default;
        if (!_newest.TryGetValue(uid, out (string Kind, string? Text, DateTimeOffset At) had) || had.At < at || (had.At == at && had.Text is not null)) _newest[uid] = (kind, text, at);
    }

    /// <summary>What the newest about an object said is over.</summary>
    public void Answer(string uid)
    {
        if (_newest.TryGetValue(uid, out (string Kind, string? Text, DateTimeOffset At) one)) _newest[uid] = one with { Text = null };
    }

    /// <summary>An object is gone.</summary>
    public void Forget(string uid) => _newest.Remove(uid);

    /// <summary>Of a kind these are there, and no others.</summary>
    public void Keep(string kind, IEnumerable<string> uids)
    {
        var there = uids.ToHashSet(StringComparer.Ordinal);
        foreach (string gone in _newest.Where(one => one.Value.Kind == kind && !there.Contains(one.Key)).Select(static one => one.Key).ToArray()) _newest.Remove(gone);
    }
}
