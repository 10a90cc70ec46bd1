using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Federation.Client.Resources;
using Federation.Client.Tokens;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;
using Federation.Manifests.Writing;
using Microsoft.AspNetCore.Http;

namespace Federation.Client.Tests;

public sealed class FederationClientTests
{
    private static readonly ResourceKind Workloads = ResourceKind.Of<Workload>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Workload Web() => new() { Metadata = new() { Name = "web" }, Spec = new() { Replicas = 3, Template = new() { Image = "web:1" } } };

    [Fact]
    public async Task Get_NamespacedKind_AsksInTheClientsNamespaceForItsTenant()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.JsonAsync(ResourceWriter.ToNode(Web())));
        using FederationClient client = plane.Client(new() { Tenant = "acme", Namespace = "shop" });
        Assert.Equal(3, (await client.GetAsync<Workload>("web", ct: Ct)).Spec.Replicas);
        Assert.Equal(["GET /v1/namespaces/shop/workloads/web?tenant=acme"], plane.Targets());
    }

    [Fact]
    public async Task Find_Absent_IsNull()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.ProblemAsync(404, ProblemTypes.NotFound, "Workload web does not exist"));
        using FederationClient client = plane.Client();
        Assert.Null(await client.FindAsync(Workloads, "web", "other", Ct));
        Assert.Equal(["GET /v1/namespaces/other/workloads/web"], plane.Targets());
    }

    [Fact]
    public async Task List_SeveralPages_GivesAllAndTheFirstCursor()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.Request.Query["continue"].ToString() switch
        {
            "" => context.ListAsync("cursor-1", "b", "a", "b"),
            "b" => context.ListAsync("cursor-2", null, "c"),
            _ => throw new InvalidOperationException(),
        });
        using FederationClient client = plane.Client();
        ResourceSet<Namespace> set = await client.ListAsync<Namespace>(new() { PageSize = 2, LabelSelector = "app=shop,tier!=front" }, Ct);
        Assert.Equal(["a", "b", "c"], set.Items.Select(item => item.Metadata.Name));
        Assert.Equal("cursor-1", set.Cursor);
        Assert.Equal(
            ["GET /v1/namespaces?labelSelector=app%3Dshop%2Ctier%21%3Dfront&limit=2", "GET /v1/namespaces?labelSelector=app%3Dshop%2Ctier%21%3Dfront&limit=2&continue=b"],
            plane.Targets());
    }

    [Fact]
    public async Task List_AllNamespaces_AsksOutsideNamespaces()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.JsonAsync(new ResourceList(Resource.Version, "WorkloadList", "1:1", null, [])));
        using FederationClient client = plane.Client();
        Assert.Empty((await client.ListAsync(Workloads, new() { AllNamespaces = true }, Ct)).Items);
        Assert.Equal(["GET /v1/workloads?limit=500"], plane.Targets());
    }

    [Fact]
    public async Task Apply_Resource_SendsItWithItsNamespaceAndTellsTheResult()
    {
        await using var plane = await StandInPlane.StartAsync(context =>
        {
            context.Response.Headers[ApiHeaders.Result] = "unchanged";
            return context.JsonAsync(ResourceWriter.ToNode(Web()));
        });
        using FederationClient client = plane.Client(new() { Namespace = "shop" });
        ApplyResult result = await client.ApplyAsync(Web(), new() { DryRun = true, IfVersion = "7" }, Ct);
        Assert.Equal("unchanged", result.Result);
        StandInPlane.Asked asked = Assert.Single(plane.Requests);
        Assert.Equal("PUT /v1/namespaces/shop/workloads/web?dryRun=true", asked.ToString());
        Assert.Equal("\"7\"", asked.Headers["If-Match"]);
        JsonNode body = JsonNode.Parse(asked.Body)!;
        Assert.Equal(("federation/v1", "Workload", "shop"), (body["apiVersion"]!.GetValue<string>(), body["kind"]!.GetValue<string>(), body["metadata"]!["namespace"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Apply_OnlyCreate_SendsIfNoneMatch()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.JsonAsync(ResourceWriter.ToNode(Web()), 201));
        using FederationClient client = plane.Client();
        Assert.Equal("created", (await client.ApplyAsync(Web(), new() { OnlyCreate = true }, Ct)).Result);
        Assert.Equal("*", plane.Requests.Single().Headers["If-None-Match"]);
    }

    [Fact]
    public async Task Apply_Refused_CarriesTheProblem()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.ProblemAsync(
            400, ProblemTypes.InvalidResource, "1 rule broken", new[] { new InputError("spec.replicas", 3, 5, "must lie between 0 and 100000") }, "Route other/web"));
        using FederationClient client = plane.Client();
        var refused = await Assert.ThrowsAsync<ApiException>(() => client.ApplyAsync(Web(), ct: Ct));
        Assert.Equal((HttpStatusCode.BadRequest, ProblemTypes.InvalidResource, "Refused", "1 rule broken", "Route other/web"), (refused.Status, refused.Type, refused.Title, refused.Detail, refused.Holder));
        Assert.Equal(("spec.replicas", 3), (refused.Errors.Single().Path, refused.Errors.Single().Line));
    }

    [Fact]
    public async Task Get_AnswerOfAProxyWithoutProblem_IsToldByItsStatus()
    {
        await using var plane = await StandInPlane.StartAsync(context =>
        {
            context.Response.StatusCode = 418;
            return context.Response.WriteAsync("<html>teapot</html>", Ct);
        });
        using FederationClient client = plane.Client();
        var refused = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Workload>("web", ct: Ct));
        Assert.Equal((HttpStatusCode)418, refused.Status);
        Assert.DoesNotContain("html", refused.Message);
    }

    [Fact]
    public async Task Get_AnswerThatIsNoResource_IsRefusedByName()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.Response.WriteAsync("{", Ct));
        using FederationClient client = plane.Client();
        Assert.Equal("The plane's answer is not understood", (await Assert.ThrowsAsync<ApiException>(() => client.ReplicasAsync("web", ct: Ct))).Title);
    }

    [Fact]
    public async Task Apply_ServiceRestarts_IsTriedAgain()
    {
        int calls = 0;
        await using var plane = await StandInPlane.StartAsync(context =>
        {
            switch (++calls)
            {
                case 1: return context.ProblemAsync(503, ProblemTypes.Unavailable, "placement does not answer");
                case 2: context.Abort(); return Task.CompletedTask;
                default: return context.JsonAsync(ResourceWriter.ToNode(Web()));
            }
        });
        using FederationClient client = plane.Client();
        await client.ApplyAsync(Web(), ct: Ct);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Apply_WithConditionAndNoAnswer_IsNotRepeated()
    {
        int calls = 0;
        await using var plane = await StandInPlane.StartAsync(context =>
        {
            calls++;
            context.Abort();
            return Task.CompletedTask;
        });
        using FederationClient client = plane.Client();
        await Assert.ThrowsAsync<PlaneUnreachableException>(() => client.ApplyAsync(Web(), new() { IfVersion = "7" }, Ct));
        await Assert.ThrowsAsync<PlaneUnreachableException>(() => client.UndoAsync("web", ct: Ct));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Get_ServiceStaysAway_TellsItInTheEnd()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.ProblemAsync(503, ProblemTypes.Unavailable, "placement does not answer"));
        using FederationClient client = plane.Client(new() { RetryFor = TimeSpan.FromSeconds(3) });
        var refused = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Workload>("web", ct: Ct));
        Assert.Equal("placement does not answer", refused.Message);
        Assert.True(plane.Requests.Count > 1);
    }

    [Fact]
    public async Task Get_PlaneThatHasAnsweredBefore_IsTriedForLongerThanAnUnknownOne()
    {
        int calls = 0;
        string type = ProblemTypes.Unavailable;
        await using var plane = await StandInPlane.StartAsync(context => Interlocked.Increment(ref calls) is 2 or 3
            ? context.ProblemAsync(503, type, "placement does not answer")
            : context.JsonAsync(ResourceWriter.ToNode(Web())));
        var retries = new List<RequestRetry>();
        using FederationClient client = plane.Client(new() { RetryFor = TimeSpan.Zero, RetryKnownFor = TimeSpan.FromMinutes(1), Retrying = retries.Add });
        await client.GetAsync<Workload>("web", ct: Ct);
        Assert.Empty(retries);
        Assert.Equal(3, (await client.GetAsync<Workload>("web", ct: Ct)).Spec.Replicas);
        Assert.Equal(4, calls);
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)], retries.Select(static retry => retry.Limit));
        Assert.All(retries, retry => Assert.Equal("placement does not answer", Assert.IsType<ApiException>(retry.Failure).Message));

        // The plane that says that one of its services is away is known by that; a proxy in front of nothing is not.
        calls = 1;
        using FederationClient restarting = plane.Client(new() { RetryFor = TimeSpan.Zero, RetryKnownFor = TimeSpan.FromMinutes(1) });
        Assert.Equal(3, (await restarting.GetAsync<Workload>("web", ct: Ct)).Spec.Replicas);
        (calls, type) = (1, "about:blank");
        using FederationClient stranger = plane.Client(new() { RetryFor = TimeSpan.Zero, RetryKnownFor = TimeSpan.FromMinutes(1) });
        await Assert.ThrowsAsync<ApiException>(() => stranger.GetAsync<Workload>("web", ct: Ct));
    }

    [Fact]
    public async Task Delete_AnswerLost_TakesWhatIsNoLongerThereForItsOwnWork()
    {
        int calls = 0;
        await using var plane = await StandInPlane.StartAsync(context =>
        {
            if (Interlocked.Increment(ref calls) > 1) return context.ProblemAsync(404, ProblemTypes.NotFound, "Workload web does not exist");
            context.Abort();
            return Task.CompletedTask;
        });
        using FederationClient client = plane.Client();
        await client.DeleteAsync(Workloads, "web", ct: Ct);
        Assert.Equal(2, calls);
        await Assert.ThrowsAsync<ApiException>(() => client.DeleteAsync(Workloads, "web", ct: Ct));
    }

    [Fact]
    public async Task Get_NobodyListens_NamesTheServer()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = FederationClient.Create(new() { Server = new Uri($"http://localhost:{port}"), ClientId = "a", ClientSecret = "b" }, new() { RetryFor = TimeSpan.FromMilliseconds(200) });
        var unreachable = await Assert.ThrowsAsync<PlaneUnreachableException>(() => client.GetAsync<Workload>("web", ct: Ct));
        Assert.Contains($"http://localhost:{port}/", unreachable.Message);
    }

    [Fact]
    public async Task Get_ServerThatNeverAnswers_EndsByTheTimeout()
    {
        await using var plane = await StandInPlane.StartAsync(static async context =>
        {
            var gone = new TaskCompletionSource();
            await using var _ = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
        });
        using FederationClient client = plane.Client(new() { RequestTimeout = TimeSpan.FromMilliseconds(100), RetryFor = TimeSpan.Zero });
        var unreachable = await Assert.ThrowsAsync<PlaneUnreachableException>(() => client.GetAsync<Workload>("web", ct: Ct));
        Assert.IsType<TimeoutException>(unreachable.InnerException);
    }

    [Fact]
    public async Task Get_CallerCancels_IsCancelled()
    {
        await using var plane = await StandInPlane.StartAsync(static context => context.HoldAsync());
        using FederationClient client = plane.Client();
        using var cancel = new CancellationTokenSource();
        Task<Workload> call = client.GetAsync<Workload>("web", ct: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Logs_Lines_AreGivenAsTheyCome()
    {
        var goOn = new TaskCompletionSource();
        await using var plane = await StandInPlane.StartAsync(async context =>
        {
            context.Response.ContentType = "application/x-ndjson";
            await context.Response.WriteAsync("{\"time\":\"2030-01-01T00:00:00Z\",\"replica\":\"r1\",\"cluster\":\"eu\",\"node\":\"n1\",\"stream\":\"stdout\",\"text\":\"one\"}\n\n", Ct);
            await context.Response.Body.FlushAsync(Ct);
            await goOn.Task;
            await context.Response.WriteAsync("{\"time\":\"2030-01-01T00:00:01Z\",\"replica\":\"r2\",\"cluster\":\"us\",\"stream\":\"stderr\",\"text\":\"two é\"}\n", Ct);
        });
        using FederationClient client = plane.Client();
        var texts = new List<string>();
        await foreach (LogLine line in client.LogsAsync("web", new() { Follow = true, Tail = 10, Since = DateTimeOffset.UnixEpoch }, ct: Ct))
        {
            texts.Add($"{line.Cluster} {line.Text}");
            goOn.TrySetResult();
        }
        Assert.Equal(["eu one", "us two é"], texts);
        Assert.Equal(["GET /v1/namespaces/default/workloads/web/logs?follow=true&tail=10&since=1970-01-01T00%3A00%3A00.0000000%2B00%3A00"], plane.Targets());
    }

    [Fact]
    public async Task Events_OfANamespace_LeaveOthersOut()
    {
        EventRecord Event(string about) => new(DateTimeOffset.UnixEpoch, "Normal", "Placed", about, "", 1, "placement");
        await using var plane = await StandInPlane.StartAsync(context => context.JsonAsync(new ItemList<EventRecord>([Event("Workload default/web"), Event("Workload other/web"), Event("Cluster eu")])));
        using FederationClient client = plane.Client();
        Assert.Equal(["Workload default/web", "Cluster eu"], (await client.EventsAsync(ct: Ct)).Select(item => item.Object));
        Assert.Equal(["Workload other/web"], (await client.EventsAsync("other", about: "Workload other/web", ct: Ct)).Select(item => item.Object));
        Assert.Equal(3, (await client.EventsAsync(allNamespaces: true, ct: Ct)).Count);
    }

    [Fact]
    public async Task Orders_GoToTheirPaths()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.Request.Path.Value!.Split('/')[^1] switch
        {
            "jointokens" => context.JsonAsync(new JoinTokenReply("fjt1.x", DateTimeOffset.UnixEpoch), 201),
            "serviceaccounts" when context.Request.Method == "POST" => context.JsonAsync(new ServiceAccountReply("ci", "acme", "deployer", "id", "secret"), 201),
            "serviceaccounts" => context.JsonAsync(new ItemList<ServiceAccountView>([])),
            "rotate" => context.JsonAsync(new ServiceAccountReply("ci", "acme", "deployer", "id", "newer")),
            "tenants" => context.JsonAsync(new ItemList<TenantView>([])),
            "revisions" => context.JsonAsync(new ItemList<RevisionView>([])),
            "explanation" => context.JsonAsync(new Explanation("default/web", 1, "", [])),
            _ => context.JsonAsync(ResourceWriter.ToNode(Web())),
        });
        using FederationClient client = plane.Client();
        await client.CordonAsync("eu", Ct);
        await client.UncordonAsync("eu", Ct);
        await client.DrainAsync("eu", Ct);
        await client.ScaleAsync("web", 5, ct: Ct);
        await client.UndoAsync("web", ct: Ct);
        await client.RevisionsAsync("web", ct: Ct);
        await client.ExplainAsync("web", ct: Ct);
        await client.CreateJoinTokenAsync(new("eu", "n1", 60), Ct);
        Assert.DoesNotContain("secret", (await client.CreateServiceAccountAsync(new("ci", "deployer"), Ct)).ToString());
        await client.RotateServiceAccountAsync("ci", Ct);
        await client.ServiceAccountsAsync(Ct);
        await client.DeleteServiceAccountAsync("ci", Ct);
        await client.TenantsAsync(Ct);
        await client.DeleteAsync(Workloads, "web", ifVersion: "3", ct: Ct);
        Assert.Equal(
        [
            "POST /v1/clusters/eu/cordon", "POST /v1/clusters/eu/uncordon", "POST /v1/clusters/eu/drain",
            "PUT /v1/namespaces/default/workloads/web/scale", "POST /v1/namespaces/default/workloads/web/undo",
            "GET /v1/namespaces/default/workloads/web/revisions", "GET /v1/namespaces/default/workloads/web/explanation",
            "POST /v1/jointokens", "POST /v1/serviceaccounts", "POST /v1/serviceaccounts/ci/rotate", "GET /v1/serviceaccounts", "DELETE /v1/serviceaccounts/ci", "GET /v1/tenants",
            "DELETE /v1/namespaces/default/workloads/web",
        ], plane.Targets());
        Assert.Equal("{\"replicas\":5}", plane.Requests.ElementAt(3).Body);
        Assert.Equal("\"3\"", plane.Requests.Last().Headers["If-Match"]);
    }

    [Fact]
    public async Task Get_TokenRefused_GetsAnotherOnce()
    {
        int tokens = 0;
        await using var plane = await StandInPlane.StartAsync(context =>
        {
            if (context.Request.Path == "/oauth2/token") return context.JsonAsync(new TokenReply($"t{++tokens}", "Bearer", 3600));
            return context.Request.Headers.Authorization == "Bearer t1"
                ? context.ProblemAsync(401, ProblemTypes.Unauthenticated, "the key is unknown")
                : context.JsonAsync(ResourceWriter.ToNode(Web()));
        });
        using var source = new ClientCredentials(new HttpClient { BaseAddress = plane.Address }, "me", "s", TimeProvider.System);
        using FederationClient client = plane.Client(tokens: source);
        await client.GetAsync<Workload>("web", ct: Ct);
        Assert.Equal(2, tokens);
    }

    [Fact]
    public async Task Get_TokenAlwaysRefused_EndsWithTheRefusal()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.ProblemAsync(401, ProblemTypes.Unauthenticated, "the token has expired"));
        using FederationClient client = plane.Client(tokens: new FixedToken("x"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Workload>("web", ct: Ct))).Status);
        Assert.Equal(2, plane.Requests.Count);
    }

    [Fact]
    public void ContextAsText_NeverHoldsTheSecret()
    {
        var context = new Contexts.ClientContext { Server = new Uri("http://localhost"), ClientId = "me", ClientSecret = "hunter2" };
        Assert.DoesNotContain("hunter2", context.ToString());
        Assert.Contains("me", context.ToString());
    }
}
