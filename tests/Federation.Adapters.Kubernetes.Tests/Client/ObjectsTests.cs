using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.TestKit.Http;
using Federation.TestKit.Kubernetes.Recordings;
using Federation.TestKit.Time;
using Microsoft.AspNetCore.Http;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Single objects, lists and what else has one answer, as a real API server answered.</summary>
public sealed class ObjectsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_ANewObject_SaysThatItIsNewAndWhatVersionItHas()
    {
        await using RecordedApiServer server = await PlayingAsync("03-server-side-apply/001", "03-server-side-apply/002");
        using KubernetesClient client = Clients.Of(server.Address);
        JsonObject body = BodyOf("03-server-side-apply/001");
        Applied first = await client.ApplyAsync(ApiResource.ConfigMaps, "fed-apply", body, force: false, dryRun: false, Cancelled);
        Applied again = await client.ApplyAsync(ApiResource.ConfigMaps, "fed-apply", body, force: false, dryRun: false, Cancelled);
        Assert.True(first.Created);
        Assert.False(again.Created);
        Assert.Equal(first.ResourceVersion, again.ResourceVersion);
        Assert.False(first.IsBeingDeleted);
        Assert.Equal("ConfigMap settings at 771", first.ToString());
    }

    [Fact]
    public async Task Apply_ToAnObjectThatIsBeingDeleted_SaysSo()
    {
        await using RecordedApiServer server = await PlayingAsync("03-server-side-apply/176");
        using KubernetesClient client = Clients.Of(server.Address);
        Recording recording = KubernetesRecordings.Of("03-server-side-apply/176");
        Applied applied = await client.ApplyAsync(ApiResource.Deployments, "fed-apply", BodyOf("03-server-side-apply/176"), recording.Path.Contains("force=true", StringComparison.Ordinal), dryRun: false, Cancelled);
        Assert.True(applied.IsBeingDeleted);
    }

    [Fact]
    public async Task Apply_WhereOthersOwnFields_NamesFieldsAndOwners()
    {
        await using RecordedApiServer server = await PlayingAsync("03-server-side-apply/080");
        using KubernetesClient client = Clients.Of(server.Address, new KubernetesClientOptions { FieldManager = "other-applier" });
        Recording recording = KubernetesRecordings.Of("03-server-side-apply/080");
        server.Play(recording, "/apis/apps/v1/namespaces/fed-apply/deployments/web?fieldManager=other-applier");
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() =>
            client.ApplyAsync(ApiResource.Deployments, "fed-apply", BodyOf("03-server-side-apply/080"), force: false, dryRun: false, Cancelled));
        Assert.Equal(FailureKind.FieldConflict, refused.Kind);
        Assert.Equal(
            [".spec.replicas", ".spec.template.spec.containers[name=\"main\"].env", ".spec.template.spec.containers[name=\"main\"].env[name=\"A\"].value"],
            refused.Conflicts.Select(static cause => cause.Field));
        Assert.All(refused.Conflicts, static cause => Assert.Equal("conflict with \"federation\"", cause.Message));
        Assert.False(refused.IsTransient);
    }

    [Fact]
    public async Task Apply_OfAVersionThatEnds_HandsOnTheServersWarning()
    {
        await using RecordedApiServer server = await PlayingAsync("03-server-side-apply/161");
        using KubernetesClient client = Clients.Of(server.Address);
        var old = new ApiResource("batch", "v1beta1", "cronjobs", "CronJob", true);
        Applied applied = await client.ApplyAsync(old, "fed-apply", BodyOf("03-server-side-apply/161"), force: false, dryRun: false, Cancelled);
        Assert.Contains("deprecated", Assert.Single(applied.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"b":null}}""", ".data.b is null")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","managedFields":[]}}""", "managedFields")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"status":{}}""", "status")]
    [InlineData("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}""", "kind ConfigMap")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}""", "metadata.name")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"other"}}""", "metadata.namespace")]
    public async Task Apply_OfWhatTheServerWouldCorruptOrMisread_IsRefusedHere(string body, string says)
    {
        using KubernetesClient client = Clients.Of(new Uri("http://127.0.0.1:1/"));
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() =>
            client.ApplyAsync(ApiResource.ConfigMaps, "shop", (JsonObject)JsonNode.Parse(body)!, force: false, dryRun: false, Cancelled));
        Assert.Equal(FailureKind.Invalid, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_Answers_TellGoneFromGoingFromAnother()
    {
        await using RecordedApiServer server = await PlayingAsync("12-errors/042", "02-namespaces/015", "12-errors/043");
        using KubernetesClient client = Clients.Of(server.Address);
        var now = new DeleteRequest(Propagation.Background);
        Assert.IsType<Deletion.Gone>(await client.DeleteAsync(ApiResource.ConfigMaps, "fed-errors", "a", now, Cancelled));
        Assert.IsType<Deletion.Gone>(await client.DeleteAsync(ApiResource.ConfigMaps, "fed-errors", "a", now, Cancelled));
        Assert.IsType<Deletion.Going>(await client.DeleteAsync(ApiResource.Namespaces, null, "fed-tenant-a", new DeleteRequest(Propagation.Foreground), Cancelled));
        await using RecordedApiServer other = await PlayingAsync("12-errors/038");
        using KubernetesClient client2 = Clients.Of(other.Address);
        Assert.IsType<Deletion.Another>(await client2.DeleteAsync(ApiResource.ConfigMaps, "fed-errors", "a", now with { Uid = "00000000-0000-0000-0000-000000000000" }, Cancelled));
        KubernetesException unconditional = await Assert.ThrowsAsync<KubernetesException>(() => client2.DeleteAsync(ApiResource.ConfigMaps, "fed-errors", "a", now, Cancelled));
        Assert.Equal(FailureKind.VersionConflict, unconditional.Kind);
    }

    [Fact]
    public async Task Find_AnApiThatIsNotThere_IsNoMissingObject()
    {
        await using RecordedApiServer server = await PlayingAsync("12-errors/005");
        using KubernetesClient client = Clients.Of(server.Address);
        Assert.Null(await client.FindAsync(ApiResource.ConfigMaps, "fed-errors", "none", Cancelled));
        var widgets = new ApiResource("apps", "v1", "widgets", "Widget", true);
        server.Play(KubernetesRecordings.Of("01-discovery/037"), "/apis/apps/v1/namespaces/fed-errors/widgets/none");
        Assert.Equal(FailureKind.ApiMissing, (await Assert.ThrowsAsync<KubernetesException>(() => client.FindAsync(widgets, "fed-errors", "none", Cancelled))).Kind);
        server.Play(KubernetesRecordings.Of("01-discovery/038"), "/apis/apps/v1/namespaces/other/widgets/none");
        Assert.Equal(FailureKind.ApiMissing, (await Assert.ThrowsAsync<KubernetesException>(() => client.FindAsync(widgets, "other", "none", Cancelled))).Kind);
    }

    [Fact]
    public async Task Evict_InTheVersionThatTheServerSays_TellsAllowedFromBlockedFromGone()
    {
        await using RecordedApiServer server = await PlayingAsync([.. Discovery, "07-nodes/013", "07-nodes/014", "07-nodes/016"]);
        using KubernetesClient client = Clients.Of(server.Address);
        ApiDirectory directory = await client.DiscoverAsync(["", "policy", "autoscaling", "apps"], Cancelled);
        Assert.Equal("policy/v1beta1", directory.EvictionVersion);
        Assert.IsType<Eviction.Allowed>(await client.EvictAsync(directory, "fed-nodes", "web-6d45fd87db-8p4xp", null, Cancelled));
        var blocked = Assert.IsType<Eviction.BudgetSpent>(await client.EvictAsync(directory, "fed-nodes", "web-6d45fd87db-9rdq4", null, Cancelled));
        Assert.Equal("The disruption budget web needs 2 healthy pods and has 2 currently", blocked.Message);
        Assert.IsType<Eviction.Gone>(await client.EvictAsync(directory, "fed-nodes", "none", null, Cancelled));
    }

    private static readonly string[] Discovery =
    [
        "01-discovery/001", "01-discovery/007", "01-discovery/010", "01-discovery/012", "01-discovery/020", "01-discovery/021", "01-discovery/022", "01-discovery/023", "01-discovery/024",
    ];

    [Fact]
    public async Task Discover_AnOldServer_ChoosesTheVersionsThatItHas()
    {
        await using RecordedApiServer server = await PlayingAsync(Discovery);
        using KubernetesClient client = Clients.Of(server.Address);
        ApiDirectory directory = await client.DiscoverAsync(["", "policy", "autoscaling", "apps"], Cancelled);
        Assert.Equal(new Version(1, 21), directory.Version.Number);
        Assert.Equal(new ApiResource("autoscaling", "v2beta2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true), directory.Find("autoscaling", "horizontalpodautoscalers", "v2", "v2beta2"));
        Assert.Equal(ApiResource.PodDisruptionBudgets, directory.Find("policy", "poddisruptionbudgets", "v1", "v1beta1"));
        Assert.Equal(ApiResource.Deployments, directory.Find("apps", "deployments", "v1"));
        Assert.Null(directory.Find("apps", "widgets", "v1"));
        Assert.Empty(directory.Silent);
    }

    [Fact]
    public void Version_WithAVendorsAddition_IsANumber() => Assert.Equal(new Version(1, 29), new ServerVersion { Major = "1", Minor = "29+" }.Number);

    [Fact]
    public async Task AccessReview_Answers_SayWhy()
    {
        await using RecordedApiServer server = await PlayingAsync("10-auth/025");
        using KubernetesClient client = Clients.Of(server.Address);
        AccessReviewStatus answer = await client.ReviewAccessAsync(new AccessAttributes { Verb = "patch", Resource = "configmaps", Namespace = "fed-auth" }, Cancelled);
        Assert.True(answer.Allowed);
        Assert.Contains("federation-adapter", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scale_ThroughItsSubresource_SaysTheNumber()
    {
        await using RecordedApiServer server = await PlayingAsync("11-scale-restart-pause-rollback/006");
        using KubernetesClient client = Clients.Of(server.Address);
        Assert.Equal(
            (int)KubernetesRecordings.Of("11-scale-restart-pause-rollback/006").Response!["body"]!["spec"]!["replicas"]!,
            (await client.GetScaleAsync(ApiResource.Deployments, "fed-roll", "web", Cancelled)).Spec.Replicas);
    }

    [Fact]
    public async Task List_InPages_IsOfOneMoment()
    {
        await using RecordedApiServer server = await PlayingAsync("04-lists/005", "04-lists/006", "04-lists/007");
        using KubernetesClient client = Clients.Of(server.Address, new KubernetesClientOptions { PageSize = PageSizeOf("04-lists/005") });
        Listing<Bare> listing = await client.ListAsync(ResourceTypes.Metadata(ApiResource.ConfigMaps), "fed-lists", null, Cancelled);
        Assert.Equal(KubernetesRecordings.Of("04-lists/005").Response!["body"]!["metadata"]!["resourceVersion"]!.GetValue<string>(), listing.ResourceVersion);
        Assert.Contains(listing.Items, static item => item.Metadata.Name == "item-20");
        Assert.Equal(listing.Items.Count, listing.Items.Select(static item => item.Metadata.Name).Distinct().Count());
        Assert.Empty(server.Unknown);
    }

    [Fact]
    public async Task List_WhoseTokenHasExpired_BeginsAnewAndMixesNothing()
    {
        Recording page = KubernetesRecordings.Of("04-lists/008"), expired = KubernetesRecordings.Of("04-lists/036");
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(3));
        int size = PageSizeOf("04-lists/008");
        server.Play(page);
        server.Play(KubernetesRecordings.Of("04-lists/009"), page.Path);
        server.Play(expired);
        using KubernetesClient client = Clients.Of(server.Address, new KubernetesClientOptions { PageSize = size });
        Listing<Bare> listing = await client.ListAsync(ResourceTypes.Metadata(ApiResource.ConfigMaps), "fed-lists", null, Cancelled);
        Assert.Equal(KubernetesRecordings.Of("04-lists/009").Response!["body"]!["items"]!.AsArray().Count, listing.Items.Count);
        Assert.Empty(server.Unknown);
    }

    [Fact]
    public async Task List_InANamespaceThatIsNotThere_IsEmptyAndNoError()
    {
        Recording recording = KubernetesRecordings.Of("02-namespaces/031");
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(3));
        server.Play(recording, recording.Path.Split('?')[0] + "?limit=500");
        using KubernetesClient client = Clients.Of(server.Address);
        Assert.Empty((await client.ListAsync(ResourceTypes.Metadata(ApiResource.ConfigMaps), "fed-none", null, Cancelled)).Items);
    }

    [Fact]
    public async Task Throttled_WithAPauseAsked_IsSentAgainAfterIt()
    {
        int asked = 0;
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            if (Interlocked.Increment(ref asked) < 3)
            {
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "1";
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync("Too many requests, please try again later.\n");
                return;
            }
            await context.Response.WriteAsync("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x","resourceVersion":"1"}}""");
        });
        using KubernetesClient client = Clients.Of(server.Address);
        long since = Stopwatch.GetTimestamp();
        Applied applied = await client.ApplyAsync(ApiResource.ConfigMaps, "a", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "x" } }, false, false, Cancelled);
        Assert.Equal("1", applied.ResourceVersion);
        Assert.Equal(3, asked);
        Assert.True(Stopwatch.GetElapsedTime(since) >= TimeSpan.FromSeconds(2), "both pauses were kept");
    }

    [Fact]
    public async Task Throttled_ForEver_IsToldInTheEnd()
    {
        Recording recording = KubernetesRecordings.Of("18-throttled-429/001");
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(3));
        server.Play(recording, "/api/v1/pods?limit=500");
        using KubernetesClient client = Clients.Of(server.Address, new KubernetesClientOptions { MostRepeats = 2, LongestPause = TimeSpan.FromMilliseconds(20) });
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() => client.ListAsync(ResourceTypes.Pods, null, null, Cancelled));
        Assert.Equal(FailureKind.Throttled, refused.Kind);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.True(refused.IsTransient);
    }

    [Fact]
    public async Task Unreachable_AndSilentServers_AreToldApart()
    {
        using KubernetesClient nobody = Clients.Of(new Uri("http://127.0.0.1:1/"));
        Assert.Equal(FailureKind.Unreachable, (await Assert.ThrowsAsync<KubernetesException>(() => nobody.FindAsync(ApiResource.Nodes, null, "a", Cancelled))).Kind);
        await using LoopbackServer silent = await LoopbackServer.StartAsync(static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using KubernetesClient client = Clients.Of(silent.Address, new KubernetesClientOptions { Patience = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<KubernetesException>(() => client.FindAsync(ApiResource.Nodes, null, "a", Cancelled))).Kind);
        // Whether a write was carried out is not known.
        Assert.Equal(FailureKind.OutcomeUnknown, (await Assert.ThrowsAsync<KubernetesException>(() => client.DeleteAsync(ApiResource.Nodes, null, "a", new DeleteRequest(Propagation.Background), Cancelled))).Kind);
        await using LoopbackServer cut = await LoopbackServer.StartAsync(static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using KubernetesClient broken = Clients.Of(cut.Address);
        Assert.Equal(FailureKind.OutcomeUnknown, (await Assert.ThrowsAsync<KubernetesException>(() => broken.DeleteAsync(ApiResource.Nodes, null, "a", new DeleteRequest(Propagation.Background), Cancelled))).Kind);
    }

    [Fact]
    public async Task Secrets_InRefusals_AreNeverRepeated()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static async context =>
        {
            context.Response.StatusCode = 422;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""
                {"kind":"Status","apiVersion":"v1","status":"Failure","message":"Secret \"s\" is invalid: data[k]: Invalid value: \"hunter2\"","reason":"Invalid",
                 "details":{"name":"s","kind":"Secret","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: \"hunter2\"","field":"data[k]"}]},"code":422}
                """);
        });
        using KubernetesClient client = Clients.Of(server.Address);
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() => client.ApplyAsync(
            ApiResource.Secrets, "a", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = "s" }, ["data"] = new JsonObject { ["k"] = "hunter2" } }, false, false, Cancelled));
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("data[k] (FieldValueInvalid)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_ThatAreNoKubernetes_AreRefusedInWords()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("<html>proxy login</html>")).AsTask());
        using KubernetesClient client = Clients.Of(server.Address);
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled));
        Assert.Equal(FailureKind.Unreadable, refused.Kind);
    }

    private static async Task<RecordedApiServer> PlayingAsync(params string[] files)
    {
        RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(5));
        foreach (string file in files) server.Play(KubernetesRecordings.Of(file));
        return server;
    }

    // As recorded, but for what the client refuses to send.
    private static JsonObject BodyOf(string file) => (JsonObject)KubernetesRecordings.Of(file).Request!["body"]!.DeepClone();

    private static int PageSizeOf(string file) => int.Parse(System.Web.HttpUtility.ParseQueryString(KubernetesRecordings.Of(file).Path.Split('?')[1])["limit"]!, System.Globalization.CultureInfo.InvariantCulture);
}
