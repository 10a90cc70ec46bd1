using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.TestKit.Kubernetes.Double;
using Federation.TestKit.Kubernetes.Recordings;

namespace Federation.Adapters.Kubernetes.Tests.Double;

/// <summary>
/// Sends what a real API server was asked to the double, one folder of recordings after the other in its order, and says where the answers differ: in status,
/// content-type, a Status's reason, code and causes, and in which members are there. Names that servers make up are carried over from one to the other.
/// </summary>
internal sealed partial class Replay(KubernetesDouble cluster) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly Dictionary<string, string> _ours = new(StringComparer.Ordinal);

    public void Dispose() => _http.Dispose();

    /// <summary>Where the answer to one request differs; empty if it agrees.</summary>
    public async Task<IReadOnlyList<string>> SendAsync(Recording recording, bool waits, CancellationToken cancellationToken)
    {
        await PrepareAsync(recording, cancellationToken);
        if (recording.Method == "DELETE") await UntilAsync(() => Task.FromResult(IsAsFar(recording)), cancellationToken);
        IReadOnlyList<string> wrong = Differences(recording, await AskAsync(recording, cancellationToken));
        if (wrong.Count > 0 && recording.Method == "GET" && waits)
            await UntilAsync(async () => (wrong = Differences(recording, await AskAsync(recording, cancellationToken))).Count == 0, cancellationToken);
        return wrong;
    }

    // The recorder waited for what takes its time, such as a pod's grace or a rollout, and so does this; what never comes shows in the answer.
    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        for (long since = Stopwatch.GetTimestamp(); !await holds() && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(10);)
            await Task.Delay(20, cancellationToken);
    }

    // What a controller leads was deleted once its controller had come to rest: as many of each as the answer counts.
    private bool IsAsFar(Recording recording)
    {
        if (recording.Response!["body"]?["status"] is not JsonObject counts || counts["observedGeneration"] is null) return true;
        string[] parts = recording.Path.Split('?')[0].Trim('/').Split('/');
        return cluster.Find(parts[1], parts[^2], parts[^3], parts[^1]) is not { } led
            || (JsonNode.DeepEquals(led["status"]?["observedGeneration"], led["metadata"]!["generation"])
                && counts.All(count => count.Value!.GetValueKind() != JsonValueKind.Number || count.Key == "observedGeneration" || JsonNode.DeepEquals(count.Value, led["status"]![count.Key])));
    }

    private List<string> Differences(Recording recording, (int Status, string? Type, string Body) answer)
    {
        (int status, string? type, string body) = answer;
        List<string> wrong = [];
        if (status != recording.Status) wrong.Add($"status {status} instead of {recording.Status}: {body[..Math.Min(body.Length, 400)]}");
        string? recorded = recording.Header("content-type");
        if (recorded != type) wrong.Add($"content-type {type} instead of {recorded}");
        if (wrong.Count > 0 || recording.Response!["body"] is not JsonNode expected) return wrong;
        JsonNode? got = Parse(body);
        if (expected is not (JsonObject or JsonArray)) return wrong;
        if (got is null) return [.. wrong, "no JSON"];
        Learn(expected, got);
        Compare(expected, got, "", wrong);
        return wrong;
    }

    // Some recordings are kept back: what a request needs to find is put there as it was answered.
    private async Task PrepareAsync(Recording recording, CancellationToken cancellationToken)
    {
        // The step between the two: our apply of before, with force.
        if (recording.File.StartsWith("03-server-side-apply/080-", StringComparison.Ordinal))
            await AskAsync(KubernetesRecordings.Of("03-server-side-apply/078"), cancellationToken, "&force=true");
        if (recording.Status == 410) cluster.Compact();
        if (recording.File.StartsWith("04-lists/", StringComparison.Ordinal)) Stock(recording);
        string[] parts = recording.Path.Split('?')[0].Trim('/').Split('/');
        string? space = null;
        int at = parts[0] == "api" ? 2 : 3;
        if (parts.Length > at + 1 && parts[at] == "namespaces")
        {
            space = parts[at + 1];
            // Requests into namespaces that are not there are some of the recordings.
            if (recording.Status < 300 && recording.Method != "GET" && parts.Length > at + 2 && cluster.Find("", "namespaces", null, space) is null)
                cluster.Place("", "namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = space } });
            if (parts.Length > at + 2) at += 2;
        }
        if (parts.Length != at + 2 || recording.Status is not 200 || recording.Response!["body"] is not JsonObject body || (string?)body["kind"] is "Status" or "Scale" || body["metadata"]?["uid"] is null) return;
        string group = parts[0] == "api" ? "" : parts[1];
        if (cluster.Find(group, parts[at], space == parts[^1] && parts[at] == "namespaces" ? null : space, parts[at + 1]) is not null) return;
        bool isApply = (string?)recording.Request!["headers"]?["content-type"] == "application/apply-patch+yaml";
        if (isApply) await AskAsync(recording, cancellationToken);
        else cluster.Place(group, parts[at], body);
    }

    private async Task<(int Status, string? Type, string Body)> AskAsync(Recording recording, CancellationToken cancellationToken, string more = "")
    {
        using var request = new HttpRequestMessage(new HttpMethod(recording.Method), new Uri(cluster.Address, Carried(recording.Path) + more));
        var headers = (JsonObject)recording.Request!["headers"]!;
        if ((string?)headers["accept"] is { } accept) request.Headers.TryAddWithoutValidation("Accept", accept);
        string? type = (string?)headers["content-type"];
        if (recording.Request["body"] is { } body)
        {
            string text = body is JsonValue value && value.TryGetValue(out string? plain) ? plain : Grown(Bodied(body, recording)).ToJsonString();
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        else if (type is not null)
        {
            request.Content = new ByteArrayContent([]);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        using HttpResponseMessage reply = await _http.SendAsync(request, cancellationToken);
        return ((int)reply.StatusCode, reply.Content.Headers.ContentType?.ToString(), await reply.Content.ReadAsStringAsync(cancellationToken));
    }

    // Uids, versions and tokens of the recorded server, as ours.
    private JsonNode Bodied(JsonNode body, Recording recording)
    {
        JsonNode copy = body.DeepClone();
        // A version that was read in an answer that is kept back: the one that there is now.
        if (copy is JsonArray steps && recording.Status == 200)
            foreach (JsonNode? step in steps)
                if ((string?)step!["path"] == "/metadata/resourceVersion" && !_ours.ContainsKey((string)step["value"]!))
                {
                    string[] parts = recording.Path.Split('?')[0].Split('/');
                    _ours[(string)step["value"]!] = (string)cluster.Find(parts[2], parts[6], parts[5], parts[7])!["metadata"]!["resourceVersion"]!;
                }
        Visit(copy);
        return copy;

        void Visit(JsonNode? node)
        {
            if (node is JsonObject members)
                foreach ((string name, JsonNode? value) in members.ToArray())
                    if (value is JsonValue one && one.TryGetValue(out string? text) && _ours.TryGetValue(text, out string? ours) && (name is "resourceVersion" or "uid" or "value" || text.Length == 36)) members[name] = ours;
                    else Visit(value);
            else if (node is JsonArray items)
                foreach (JsonNode? item in items) Visit(item);
        }
    }

    // What the recordings shorten, at its length.
    private static JsonNode Grown(JsonNode body)
    {
        if (body is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members.ToArray())
            {
                if (value is JsonObject or JsonArray) Grown(value);
                else if (value is JsonValue one && one.TryGetValue(out string? text) && Shortened().Match(text) is { Success: true } match)
                    members[name] = string.Concat(Enumerable.Repeat(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
            }
        }
        return body;
    }

    // The objects that a whole list shows are there, and no others; before a first page those of all its pages.
    private void Stock(Recording recording)
    {
        if (recording.Status != 200 || recording.Response!["body"] is not JsonObject { } answer || answer["items"] is not JsonArray || recording.Path.Contains("continue=", StringComparison.Ordinal) || recording.Path.Contains("resourceVersionMatch=Exact", StringComparison.Ordinal)) return;
        string plural = recording.Path.Contains("/pods", StringComparison.Ordinal) ? "pods" : "configmaps";
        List<JsonObject> wanted = [];
        Recording? page = recording;
        while (page is not null)
        {
            wanted.AddRange(page.Response!["body"]!["items"]!.AsArray().OfType<JsonObject>());
            string? token = (string?)page.Response["body"]!["metadata"]!["continue"];
            page = token is null ? null : KubernetesRecordings.All.FirstOrDefault(next => next.Status == 200 && next.File.StartsWith("04-lists/", StringComparison.Ordinal) && next.Path.Contains("continue=" + token, StringComparison.Ordinal));
        }
        foreach (JsonObject item in wanted.Where(static item => item["data"] is not null || item["spec"] is not null || item["kind"] is null))
        {
            JsonObject? there = cluster.Find("", plural, (string?)item["metadata"]!["namespace"], (string)item["metadata"]!["name"]!);
            if (there is null || !JsonNode.DeepEquals(there["metadata"]!["labels"], item["metadata"]!["labels"]))
            {
                JsonObject placed = (JsonObject)item.DeepClone();
                ((JsonObject)placed["metadata"]!).Remove("uid");
                if (there is not null) placed["metadata"]!["uid"] = there["metadata"]!["uid"]!.DeepClone();
                cluster.Place("", plural, placed);
            }
        }
    }

    [GeneratedRegex("^<(?:the letter )?(\\w+), (\\d+) times; shortened")]
    private static partial Regex Shortened();

    private string Carried(string path)
    {
        foreach (string part in path.Split('?', '&').Skip(1))
        {
            string[] pair = part.Split('=', 2);
            if (pair is ["resourceVersion" or "continue", var value] && _ours.TryGetValue(Uri.UnescapeDataString(value), out string? ours)) path = path.Replace(part, $"{pair[0]}={Uri.EscapeDataString(ours)}", StringComparison.Ordinal);
        }
        foreach ((string theirs, string ours) in _ours.Where(static pair => pair.Key.Contains('-', StringComparison.Ordinal) && pair.Key.Length != 36)) path = path.Replace(theirs, ours, StringComparison.Ordinal);
        return path;
    }

    private void Learn(JsonNode expected, JsonNode got)
    {
        foreach (string name in new[] { "uid", "resourceVersion", "continue" })
            if ((string?)expected["metadata"]?[name] is { } theirs && (string?)got["metadata"]?[name] is { } ours) _ours[theirs] = ours;
        if (expected["items"] is JsonArray theirItems && got["items"] is JsonArray ourItems)
            for (int i = 0; i < Math.Min(theirItems.Count, ourItems.Count); i++) Learn(theirItems[i]!, ourItems[i]!);
    }

    private static void Compare(JsonNode? expected, JsonNode? got, string path, List<string> wrong)
    {
        if (wrong.Count > 12) return;
        // Of controllers that work at their own pace: what they had written when the recorder asked is no matter of form.
        if (path is ".metadata.managedFields" or ".items[].metadata.managedFields" || (path.EndsWith(".status", StringComparison.Ordinal) && path.Length > 0 && expected is JsonObject)) return;
        switch (expected, got)
        {
            case (JsonObject members, JsonObject ours):
                bool isStatus = (string?)members["kind"] == "Status";
                foreach ((string name, JsonNode? value) in members)
                {
                    if (Free(path, name)) continue;
                    if (!ours.ContainsKey(name)) wrong.Add($"{path}.{name} is not there");
                    else if (isStatus && name is "reason" or "code" && path.Length == 0 && !JsonNode.DeepEquals(value, ours[name])) wrong.Add($"{name} is {ours[name]} instead of {value}");
                    else if (isStatus && name == "details") Details(value as JsonObject ?? [], ours[name] as JsonObject ?? [], wrong);
                    else Compare(value, ours[name], $"{path}.{name}", wrong);
                }
                wrong.AddRange(ours.Select(static pair => pair.Key).Where(name => !members.ContainsKey(name) && !Free(path, name)).Select(name => $"{path}.{name} should not be there"));
                break;
            case (JsonArray items, JsonArray ours):
                (items, ours) = (InOrder(items), InOrder(ours));
                if (items.Count != ours.Count) wrong.Add($"{path} has {ours.Count} items instead of {items.Count}");
                else for (int i = 0; i < items.Count; i++) Compare(items[i], ours[i], $"{path}[]", wrong);
                break;
            case (null, null):
                break;
            case (null, _) or (_, null):
                wrong.Add($"{path} is {got?.ToJsonString() ?? "null"} instead of {expected?.ToJsonString() ?? "null"}");
                break;
            default:
                if (expected!.GetValueKind() is var kind && kind != got!.GetValueKind() && !(kind is JsonValueKind.True or JsonValueKind.False && got.GetValueKind() is JsonValueKind.True or JsonValueKind.False)) wrong.Add($"{path} is {got.ToJsonString()} instead of {expected.ToJsonString()}");
                break;
        }
    }

    // From a cache objects come in no order; and ReplicaSets are named by hashes, which are each server's own: by their revisions.
    private static JsonArray InOrder(JsonArray items) => items.Count > 0 && items.All(static item => item is JsonObject one && one["metadata"]?["name"] is not null)
        ? new JsonArray([.. items.OfType<JsonObject>().OrderBy(static item => (string?)item["metadata"]!["annotations"]?["deployment.kubernetes.io/revision"] ?? $"{item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}", StringComparer.Ordinal).Select(static item => item.DeepClone())])
        : items;

    private static void Details(JsonObject expected, JsonObject got, List<string> wrong)
    {
        foreach (string name in new[] { "name", "kind", "group" })
            if ((string?)expected[name] != (string?)got[name]) wrong.Add($"details.{name} is {got[name]} instead of {expected[name]}");
        string[] theirs = Causes(expected), ours = Causes(got);
        if (!theirs.SequenceEqual(ours, StringComparer.Ordinal)) wrong.Add($"causes are [{string.Join(", ", ours)}] instead of [{string.Join(", ", theirs)}]");

        static string[] Causes(JsonObject details) => [.. (details["causes"] as JsonArray ?? []).Select(static cause => $"{cause!["reason"]} {cause["field"]}").Order(StringComparer.Ordinal)];
    }

    // Present or not by the pace of controllers, or by what the recorded cluster itself was.
    private static bool Free(string path, string name) =>
        name is "managedFields" or "selfLink" or "remainingItemCount"
        || (path.EndsWith(".annotations", StringComparison.Ordinal) && (name.StartsWith("k3s.io/", StringComparison.Ordinal) || name == "deployment.kubernetes.io/revision"))
        || (path.EndsWith(".labels", StringComparison.Ordinal) && name.StartsWith("objectset.rio.cattle.io", StringComparison.Ordinal));

    private static JsonNode? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
