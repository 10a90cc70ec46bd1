using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.TestKit.Kubernetes.Recordings;
using Federation.TestKit.Time;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Everything that a real API server was recorded to answer, replayed to the client.</summary>
public sealed class RecordedAnswersTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // What each refusal means, by the file; every one that is not here is Invalid.
    private static readonly Dictionary<string, FailureKind> Meanings = new()
    {
        ["01-discovery/033"] = FailureKind.ApiMissing,
        ["01-discovery/034"] = FailureKind.ApiMissing,
        ["01-discovery/035"] = FailureKind.ApiMissing,
        ["01-discovery/036"] = FailureKind.ApiMissing,
        ["01-discovery/037"] = FailureKind.ApiMissing,
        ["01-discovery/038"] = FailureKind.ApiMissing,
        ["01-discovery/039"] = FailureKind.ApiMissing,
        ["01-discovery/041"] = FailureKind.ApiMissing,
        ["02-namespaces/004"] = FailureKind.Missing,
        ["02-namespaces/010"] = FailureKind.VersionConflict,
        ["02-namespaces/012"] = FailureKind.AlreadyExists,
        ["02-namespaces/017"] = FailureKind.NamespaceTerminating,
        ["02-namespaces/023"] = FailureKind.Missing,
        ["02-namespaces/024"] = FailureKind.Missing,
        ["02-namespaces/029"] = FailureKind.NamespaceMissing,
        ["02-namespaces/030"] = FailureKind.Missing,
        ["02-namespaces/032"] = FailureKind.Refused,
        ["03-server-side-apply/076"] = FailureKind.FieldConflict,
        ["03-server-side-apply/078"] = FailureKind.FieldConflict,
        ["03-server-side-apply/080"] = FailureKind.FieldConflict,
        ["03-server-side-apply/097"] = FailureKind.FieldConflict,
        ["03-server-side-apply/106"] = FailureKind.NamespaceMissing,
        ["03-server-side-apply/118"] = FailureKind.ApiMissing,
        ["03-server-side-apply/177"] = FailureKind.Missing,
        ["04-lists/023"] = FailureKind.Unavailable,
        ["04-lists/036"] = FailureKind.Expired,
        ["04-lists/038"] = FailureKind.Expired,
        ["05b-watch-endings-and-starts/015"] = FailureKind.ApiMissing,
        ["05b-watch-endings-and-starts/017"] = FailureKind.Unauthenticated,
        ["06-unhappy-pods/376"] = FailureKind.Quota,
        ["06b-node-stops/023"] = FailureKind.NodeUnreachable,
        ["06b-node-stops/027"] = FailureKind.NodeUnreachable,
        ["07-nodes/014"] = FailureKind.BudgetSpent,
        ["07-nodes/016"] = FailureKind.Missing,
        ["07-nodes/026"] = FailureKind.ApiMissing,
        ["08-logs/022"] = FailureKind.Missing,
        ["08-logs/028"] = FailureKind.ApiMissing,
        ["10-auth/001"] = FailureKind.Unauthenticated,
        ["10-auth/002"] = FailureKind.Unauthenticated,
        ["10-auth/003"] = FailureKind.Unauthenticated,
        ["10-auth/004"] = FailureKind.Unauthenticated,
        ["10-auth/005"] = FailureKind.Unauthenticated,
        ["10-auth/006"] = FailureKind.Unauthenticated,
        ["10-auth/009"] = FailureKind.Missing,
        ["10-auth/011"] = FailureKind.Unauthenticated,
        ["10-auth/012"] = FailureKind.Denied,
        ["10-auth/013"] = FailureKind.Denied,
        ["10-auth/014"] = FailureKind.Denied,
        ["10-auth/015"] = FailureKind.Denied,
        ["10-auth/016"] = FailureKind.Denied,
        ["10-auth/017"] = FailureKind.Denied,
        ["10-auth/020"] = FailureKind.Denied,
        ["10-auth/028"] = FailureKind.Denied,
        ["10-auth/029"] = FailureKind.Denied,
        ["10-auth/030"] = FailureKind.Denied,
        ["10-auth/031"] = FailureKind.Denied,
        ["10-auth/034"] = FailureKind.Unauthenticated,
        ["11-scale-restart-pause-rollback/008"] = FailureKind.VersionConflict,
        ["11-scale-restart-pause-rollback/011"] = FailureKind.Missing,
        ["11-scale-restart-pause-rollback/012"] = FailureKind.ApiMissing,
        ["12-errors/002"] = FailureKind.AlreadyExists,
        ["12-errors/005"] = FailureKind.Missing,
        ["12-errors/006"] = FailureKind.Missing,
        ["12-errors/007"] = FailureKind.Missing,
        ["12-errors/008"] = FailureKind.Missing,
        ["12-errors/011"] = FailureKind.VersionConflict,
        ["12-errors/013"] = FailureKind.VersionConflict,
        ["12-errors/037"] = FailureKind.VersionConflict,
        ["12-errors/038"] = FailureKind.VersionConflict,
        ["12-errors/043"] = FailureKind.Missing,
        ["12-errors/051"] = FailureKind.Refused,
        ["12-errors/052"] = FailureKind.Refused,
        ["12-errors/053"] = FailureKind.OutcomeUnknown,
        ["12-errors/055"] = FailureKind.Unavailable,
        ["14-exec-and-port-forward/010"] = FailureKind.Denied,
        ["14-exec-and-port-forward/014"] = FailureKind.Missing,
        ["14-exec-and-port-forward/017"] = FailureKind.Unauthenticated,
        ["14-exec-and-port-forward/023"] = FailureKind.Unavailable,
        ["15-lists-on-k3s-sqlite/006"] = FailureKind.Expired,
        ["15-lists-on-k3s-sqlite/008"] = FailureKind.Expired,
        ["18-throttled-429/001"] = FailureKind.Throttled,
        ["18-throttled-429/002"] = FailureKind.Throttled,
    };

    [Fact]
    public async Task Refusals_EveryRecordedOne_MeansWhatItMeans()
    {
        // One server an exchange would be dear; one exchange a key at a time is as good.
        List<string> wrong = [];
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(1));
        using KubernetesClient client = Clients.Of(server.Address, new KubernetesClientOptions { MostRepeats = 0 });
        int count = 0;
        foreach (Recording recording in KubernetesRecordings.All.Where(static recording => recording.Status >= 400 && recording.Method is not ("HEAD" or "OPTIONS")))
        {
            string mark = $"case={++count}";
            string path = recording.Path + (recording.Path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + mark;
            server.Play(recording, path);
            string resource = ResourceOf(recording.Path);
            var request = new KubernetesRequest
            {
                Method = new HttpMethod(recording.Method),
                Path = path.TrimStart('/'),
                Saying = recording.File,
                Resource = resource,
                ReachesNode = recording.Path.Split('?')[0].EndsWith("/log", StringComparison.Ordinal),
            };
            KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() => client.SendAsync(request, Cancelled));
            FailureKind expected = Meanings.GetValueOrDefault(recording.File[..(recording.File.IndexOf('/', StringComparison.Ordinal) + 4)], FailureKind.Invalid);
            if (refused.Kind != expected && !recording.IsFromElsewhere) wrong.Add($"{recording.File}: {refused.Kind} instead of {expected}: {refused.Message}");
            Assert.Equal(recording.Status, refused.Code);
            if (recording.Response!["body"] is JsonObject body && (string?)body["kind"] == "Status")
            {
                ApiStatus recorded = body.Deserialize(KubernetesJson.Default.ApiStatus)!;
                Assert.Equal(recorded.Reason, refused.Status?.Reason);
                Assert.Equal(recorded.Details?.Causes ?? [], refused.Status?.Details?.Causes ?? []);
                bool hides = resource == "secrets" && recording.Method != "GET";
                if (!hides) Assert.Contains(recorded.Message![..Math.Min(200, recorded.Message!.Length)].Trim(), refused.Message, StringComparison.Ordinal);
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(count >= 110, $"{count} refusals are recorded");
        Assert.Empty(server.Unknown);
    }

    [Fact]
    public void Objects_EveryRecordedOne_AreReadIntoTheirRecords()
    {
        int objects = 0;
        foreach (Recording recording in KubernetesRecordings.All.Where(static recording => recording.Status is >= 200 and < 300))
        {
            foreach (JsonObject item in ObjectsOf(recording))
            {
                if (item["metadata"] is not JsonObject metadata || metadata["uid"] is null) continue;
                string kind = (string?)item["kind"] ?? KindOf(recording);
                IApiObject read = ReadAs(kind, item);
                Assert.Equal((string?)metadata["name"], read.Metadata.Name);
                Assert.Equal((string?)metadata["resourceVersion"], read.Metadata.ResourceVersion);
                if (read is Pod pod)
                {
                    Assert.Equal((item["status"]?["containerStatuses"] as JsonArray)?.Count ?? 0, pod.Status.ContainerStatuses?.Count ?? 0);
                    Assert.Equal((string?)item["status"]?["phase"], pod.Status.Phase);
                    Assert.Equal((int?)item["spec"]?["containers"]?[0]?["ports"]?[0]?["containerPort"], pod.Spec.Containers?[0].Ports?[0].Port);
                }
                objects++;
            }
        }
        Assert.True(objects > 1500, $"{objects} objects");
    }

    [Fact]
    public async Task Watches_EveryRecordedOne_IsToldWholeWhateverPiecesItComesIn()
    {
        int watches = 0;
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(2));
        using KubernetesClient client = Clients.Of(server.Address);
        // Of partial metadata and tables there is no record to read into.
        foreach (Recording recording in KubernetesRecordings.All.Where(static recording => recording is { Events: not null, Status: 200 } && (string?)recording.Request!["headers"]?["accept"] == "application/json"))
        {
            watches++;
            string path = recording.Path + "&case=" + watches;
            server.Play(recording, path);
            var request = new KubernetesRequest { Path = path.TrimStart('/'), Saying = recording.File, IsStream = true, Resource = ResourceOf(recording.Path) };
            HttpResponseMessage reply = await client.SendAsync(request, Cancelled);
            using var stream = new WatchStream<Bare>(client, request, reply, await reply.Content.ReadAsStreamAsync(Cancelled), KubernetesJson.Default.Bare);
            List<string> told = [];
            while (told.Count < recording.Events!.Count)
            {
                WatchEvent<Bare>? next = await stream.ReadAsync(Cancelled);
                Assert.True(next is not null, $"{recording.File} ends after {told.Count} events");
                told.Add(next switch
                {
                    WatchEvent<Bare>.Put put => $"put {put.Object.Metadata.Name} {put.Object.Metadata.ResourceVersion}",
                    WatchEvent<Bare>.Gone gone => $"gone {gone.Object.Metadata.Name} {gone.Object.Metadata.ResourceVersion}",
                    WatchEvent<Bare>.Mark mark => $"mark  {mark.ResourceVersion}",
                    WatchEvent<Bare>.Error error => $"error  {error.Status.Code}",
                    _ => "nothing",
                });
            }
            Assert.Equal(recording.Events.Select(static line => (string?)line["type"] switch
            {
                "BOOKMARK" => $"mark  {line["object"]!["metadata"]!["resourceVersion"]}",
                "ERROR" => $"error  {line["object"]!["code"]}",
                "DELETED" => $"gone {line["object"]!["metadata"]!["name"]} {line["object"]!["metadata"]!["resourceVersion"]}",
                _ => $"put {line["object"]!["metadata"]!["name"]} {line["object"]!["metadata"]!["resourceVersion"]}",
            }), told);
            if (recording.ClosedBy == "server") Assert.Null(await stream.ReadAsync(Cancelled));
            // Cut in the middle: no good end.
            else if (recording.ClosedBy != "client")
            {
                server.Cut();
                Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<KubernetesException>(async () => await stream.ReadAsync(Cancelled))).Kind);
            }
        }
        Assert.True(watches >= 99, $"{watches} watches");
        Assert.Empty(server.Unknown);
    }

    internal static string ResourceOf(string path)
    {
        string[] parts = path.Split('?')[0].Trim('/').Split('/');
        int at = parts[0] == "api" ? 2 : 3;
        if (parts.Length > at + 2 && parts[at] == "namespaces") at += 2;
        return parts.Length > at ? parts[at] : "";
    }

    private static string KindOf(Recording recording) => ((string?)(recording.Response!["body"] as JsonObject)?["kind"] ?? "").Replace("List", "", StringComparison.Ordinal);

    private static IEnumerable<JsonObject> ObjectsOf(Recording recording)
    {
        if (recording.Events is { } events) return events.Where(static line => (string?)line["type"] is "ADDED" or "MODIFIED" or "DELETED").Select(static line => (JsonObject)line["object"]!);
        if (recording.Response!["body"] is not JsonObject body) return [];
        return body["items"] is JsonArray items ? items.OfType<JsonObject>() : [body];
    }

    private static IApiObject ReadAs(string kind, JsonObject item)
    {
        FollowedJson json = FollowedJson.Default;
        return kind switch
        {
            "Pod" => item.Deserialize(json.Pod)!,
            "Node" => item.Deserialize(json.Node)!,
            "Namespace" => item.Deserialize(json.NamespaceObject)!,
            "Service" => item.Deserialize(json.ServiceObject)!,
            "EndpointSlice" => item.Deserialize(json.EndpointSlice)!,
            "Event" when item.ContainsKey("involvedObject") => item.Deserialize(json.EventObject)!,
            "Job" => item.Deserialize(json.Job)!,
            "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" => item.Deserialize(json.ReplicatedObject)!,
            "Scale" => item.Deserialize(KubernetesJson.Default.Scale)!,
            _ => item.Deserialize((JsonTypeInfo<Bare>)KubernetesJson.Default.Bare)!,
        };
    }
}
