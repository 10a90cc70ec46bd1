using System.Collections.Concurrent;
using System.Globalization;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.TestKit.Http;
using Federation.TestKit.Time;
using Microsoft.AspNetCore.Http;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Following a resource over everything that a watch can do to one.</summary>
public sealed class FeedTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static readonly FeedOptions Quick = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(5),
        MostSilence = TimeSpan.FromMilliseconds(150),
    };

    [Fact]
    public async Task Feed_AfterAGoodEnd_GoesOnFromTheNewestBookmark()
    {
        await using var script = await Script.StartAsync(
            List("10", ("a", "3")),
            Watch("10", Put("b", "11"), Mark("15")),
            Watch("15", Put("c", "16")));
        using ResourceFeed<Bare> feed = script.Follow(Quick);
        Assert.Equal("relisted a3", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("put b11", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("put c16", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal(["a", "b", "c"], feed.Objects.Keys.Select(static key => key.Name).Order());
        Assert.True(feed.IsFresh);
    }

    [Fact]
    public async Task Feed_ToldThatItsVersionIsGone_ListsAnew()
    {
        await using var script = await Script.StartAsync(
            List("10", ("a", "3")),
            Watch("10", """{"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"too old resource version: 10 (99)","reason":"Expired","code":410}}"""),
            List("99", ("b", "50")),
            Watch("99", Put("b", "100")));
        using ResourceFeed<Bare> feed = script.Follow(Quick);
        Assert.Equal("relisted a3", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("troubled Expired", Text(await feed.NextAsync(Cancelled)));
        Assert.False(feed.IsFresh);
        Assert.Equal("relisted b50", Text(await feed.NextAsync(Cancelled)));
        Assert.True(feed.IsFresh);
        Assert.Equal("put b100", Text(await feed.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Feed_CutInAnEvent_GoesOnFromTheLastWholeOne()
    {
        await using var script = await Script.StartAsync(
            List("10"),
            Watch("10", Put("a", "11"), "CUT"),
            Watch("11", Put("b", "12")));
        using ResourceFeed<Bare> feed = script.Follow(Quick);
        Assert.Equal("relisted ", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("put a11", Text(await feed.NextAsync(Cancelled)));
        script.Cut.SetResult();
        Assert.Equal("troubled Unavailable", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("regained", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("put b12", Text(await feed.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Feed_ToldAgainWhatWasTold_NeverGoesBack()
    {
        await using var script = await Script.StartAsync(
            List("10", ("a", "3")),
            Watch("10", Put("a", "12"), Gone("a", "14"), Put("a", "12"), Put("a", "11"), Gone("a", "14"), Put("b", "15")));
        using ResourceFeed<Bare> feed = script.Follow(Quick);
        Assert.Equal("relisted a3", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("put a12", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("gone a14", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("put b15", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal(["b"], feed.Objects.Keys.Select(static key => key.Name));
    }

    [Fact]
    public async Task Feed_MetBySilenceOverAndOver_ListsAnew()
    {
        // A version that the server has never had: it says nothing, for ever.
        await using var script = await Script.StartAsync(
            List("1000", ("a", "3")),
            Watch("1000", "SILENCE"),
            Watch("1000", "SILENCE"),
            List("1200", ("a", "1100")));
        using ResourceFeed<Bare> feed = script.Follow(Quick with { MostSilentWatches = 2 });
        Assert.Equal("relisted a3", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("relisted a1100", Text(await feed.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Feed_WhenItsTimeIsUp_ListsAnewWhateverItHears()
    {
        await using var script = await Script.StartAsync(List("10", ("a", "3")), Watch("10", "SILENCE"), List("11", ("a", "3")));
        var time = new VirtualTime();
        var options = Quick with { Relist = TimeSpan.FromMinutes(5), MostSilence = TimeSpan.FromHours(1) };
        using ResourceFeed<Bare> feed = script.Follow(options, time);
        Assert.Equal("relisted a3", Text(await feed.NextAsync(Cancelled)));
        Task<FeedStep<Bare>> next = feed.NextAsync(Cancelled);
        await script.SilenceBegins.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        // More than once: the feed may be between reading the clock and waiting by it.
        while (!next.IsCompleted)
        {
            time.Advance(options.Relist * 1.5);
            await Task.WhenAny(next, Task.Delay(50, Cancelled));
            Cancelled.ThrowIfCancellationRequested();
        }
        Assert.Equal("relisted a3", Text(await next));
    }

    [Fact]
    public async Task Feed_ListedByAServerThatLagsBehind_WaitsForItUntilItIsPlainlyAnother()
    {
        await using var script = await Script.StartAsync(
            List("100", ("a", "90")),
            Watch("100", "410"),
            List("50", ("old", "40")),
            List("120", ("a", "90")),
            Watch("120", "410"),
            List("60", ("restored", "40")),
            List("60", ("restored", "40")),
            List("60", ("restored", "40")));
        using ResourceFeed<Bare> feed = script.Follow(Quick);
        Assert.Equal("relisted a90", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("troubled Expired", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("relisted a90", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("troubled Expired", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("relisted restored40", Text(await feed.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Feed_RefusedAtFirst_GoesOnTryingAndTellsItOnce()
    {
        await using var script = await Script.StartAsync("STATUS 403", "STATUS 500", List("10", ("a", "3")));
        using ResourceFeed<Bare> feed = script.Follow(Quick);
        Assert.Equal("troubled Denied", Text(await feed.NextAsync(Cancelled)));
        Assert.Equal("relisted a3", Text(await feed.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Feed_WhoseCallIsCancelled_LosesNothing()
    {
        await using var script = await Script.StartAsync(List("10"), Watch("10", "SILENCE"), Watch("10", Put("a", "11")));
        using ResourceFeed<Bare> feed = script.Follow(Quick with { MostSilence = TimeSpan.FromSeconds(20) });
        Assert.Equal("relisted ", Text(await feed.NextAsync(Cancelled)));
        using var soon = new CancellationTokenSource();
        Task<FeedStep<Bare>> waiting = feed.NextAsync(soon.Token);
        await script.SilenceBegins.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal("put a11", Text(await feed.NextAsync(Cancelled)));
    }

    private static string Text(FeedStep<Bare> step) => step switch
    {
        FeedStep<Bare>.Relisted relisted => "relisted " + string.Join(' ', relisted.Objects.Select(static item => item.Metadata.Name + item.Metadata.ResourceVersion)),
        FeedStep<Bare>.Put put => $"put {put.Object.Metadata.Name}{put.Object.Metadata.ResourceVersion}",
        FeedStep<Bare>.Gone gone => $"gone {gone.Object.Metadata.Name}{gone.Object.Metadata.ResourceVersion}",
        FeedStep<Bare>.Troubled troubled => $"troubled {troubled.Why.Kind}",
        _ => "regained",
    };

    private static string Meta(string name, string version) => $$$"""{"metadata":{"name":"{{{name}}}","namespace":"n","uid":"u-{{{name}}}","resourceVersion":"{{{version}}}"}}""";

    private static string Put(string name, string version) => $$$"""{"type":"MODIFIED","object":{{{Meta(name, version)}}} }""";

    private static string Gone(string name, string version) => $$$"""{"type":"DELETED","object":{{{Meta(name, version)}}} }""";

    // As servers send it: it looks like an object without a name.
    private static string Mark(string version) => $$$"""{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}","creationTimestamp":null},"spec":{"containers":null} } }""";

    private static string List(string version, params (string Name, string Version)[] items) =>
        $$$"""LIST {"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}"},"items":[{{{string.Join(',', items.Select(static item => Meta(item.Name, item.Version)))}}}]}""";

    private static string Watch(string from, params string[] lines) => $"WATCH {from}\n{string.Join('\n', lines)}";

    /// <summary>Answers one request after the other, each of which must be the one that is written.</summary>
    private sealed class Script : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _steps;
        private readonly ConcurrentQueue<string> _wrong = [];
        private readonly List<KubernetesClient> _clients = [];
        private LoopbackServer? _server;

        private Script(IEnumerable<string> steps) => _steps = new ConcurrentQueue<string>(steps);

        public TaskCompletionSource Cut { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource SilenceBegins { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static async Task<Script> StartAsync(params string[] steps)
        {
            var script = new Script(steps);
            script._server = await LoopbackServer.StartAsync(script.AnswerAsync);
            return script;
        }

        public ResourceFeed<Bare> Follow(FeedOptions options, TimeProvider? time = null)
        {
            KubernetesClient client = Clients.Of(_server!.Address);
            _clients.Add(client);
            return new ResourceFeed<Bare>(client, ResourceTypes.Metadata(ApiResource.ConfigMaps), null, null, options, time ?? TimeProvider.System, new SeededChance(11));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (KubernetesClient client in _clients) client.Dispose();
            await _server!.DisposeAsync();
            Assert.Empty(_wrong);
        }

        private async Task AnswerAsync(HttpContext context)
        {
            bool isWatch = context.Request.Query["watch"] == "true";
            if (!_steps.TryDequeue(out string? step))
            {
                // The script is over: what comes now is not looked at.
                await SilentAsync(context);
                return;
            }
            if (step.StartsWith("STATUS ", StringComparison.Ordinal))
            {
                context.Response.StatusCode = int.Parse(step["STATUS ".Length..], CultureInfo.InvariantCulture);
                return;
            }
            if (step.StartsWith("LIST ", StringComparison.Ordinal))
            {
                if (isWatch) _wrong.Enqueue($"a watch where a list was due: {context.Request.QueryString}");
                await context.Response.WriteAsync(step["LIST ".Length..]);
                return;
            }
            string[] lines = step.Split('\n');
            if (!isWatch || lines[0] != $"WATCH {context.Request.Query["resourceVersion"]}") _wrong.Enqueue($"{lines[0]} was due: {context.Request.QueryString}");
            await context.Response.Body.FlushAsync();
            foreach (string line in lines.Skip(1))
            {
                switch (line)
                {
                    case "CUT":
                        await context.Response.WriteAsync("""{"type":"MODIFIED","object":{"metad""");
                        await context.Response.Body.FlushAsync();
                        await Cut.Task;
                        context.Abort();
                        return;
                    case "SILENCE":
                        SilenceBegins.TrySetResult();
                        await SilentAsync(context);
                        return;
                    case "410":
                        await context.Response.WriteAsync("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410}}""" + "\n");
                        return;
                    default:
                        await context.Response.WriteAsync(line + "\n");
                        break;
                }
            }
        }

        private static async Task SilentAsync(HttpContext context)
        {
            await context.Response.Body.FlushAsync();
            var left = new TaskCompletionSource();
            context.RequestAborted.Register(left.SetResult);
            await left.Task;
        }
    }
}
