using Federation.Routing.Documents;
using Federation.Routing.Tables;
using Federation.TestKit.Time;
using static Federation.Routing.Tests.TableSamples;

namespace Federation.Routing.Tests;

public class RouteTableTests
{
    private readonly RouteTableBuilder _builder = new(new SeededChance(1));

    [Theory]
    [InlineData("shop.localhost", "/", "/")]
    [InlineData("SHOP.localhost:8080", "/x", "/")]
    [InlineData("shop.localhost.", "/api", "/api")]
    [InlineData("shop.localhost", "/api/", "/api")]
    [InlineData("shop.localhost", "/api/v1/things", "/api/v1")]
    [InlineData("shop.localhost", "/apiary", "/")]
    [InlineData("shop.localhost", "/API", "/")]
    public void Match_KnownHost_TakesTheLongestPathInWholeSegments(string host, string path, string expected)
    {
        foreach (string prefix in new[] { "/", "/api", "/api/v1" }) _builder.Put(Route("shop.localhost", prefix));
        Assert.Equal(expected, _builder.Commit().Match(host, path).Entry?.Path);
    }

    [Theory]
    [InlineData("a.example.com", "a.example.com")]
    [InlineData("b.example.com", "*.example.com")]
    [InlineData("x.y.example.com", "*.example.com")]
    [InlineData("x.deep.example.com", "*.deep.example.com")]
    [InlineData("example.com", null)]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("", null)]
    [InlineData("[::1]:8080", null)]
    [InlineData("..", null)]
    public void Match_Wildcards_ComeAfterTheExactHostAndTheLongestWins(string host, string? expected)
    {
        foreach (string known in new[] { "a.example.com", "*.example.com", "*.deep.example.com" }) _builder.Put(Route(known));
        Assert.Equal(expected, _builder.Commit().Match(host, "/").Entry?.Host);
    }

    [Fact]
    public void Match_UnknownPathOfAKnownHost_IsToldFromAnUnknownHost()
    {
        _builder.Put(Route("shop.localhost", "/api"));
        RouteTable table = _builder.Commit();
        Assert.True(table.Match("shop.localhost", "/other").HostKnown);
        Assert.False(table.Match("other.localhost", "/api").HostKnown);
    }

    [Fact]
    public void Match_HotHost_AllocatesNothing()
    {
        for (int i = 0; i < 10_000; i++) _builder.Put(Route($"h{i}.example.com"));
        _builder.Put(Service("default/default/web", ("r1", "a/n1")));
        RouteTable table = _builder.Commit();
        table.Match("H77.example.com:8080", "/some/path");
        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (table.Match("H77.example.com:8080", "/some/path").Service is not null) found++;
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1000, found);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Commit_OneChangeAtTenThousandHosts_CopiesLittle()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _builder.Put(Route($"h{i}.example.com", service: $"default/default/w{i}"));
            _builder.Put(Service($"default/default/w{i}", ($"r{i}", "a/n1")));
        }
        _builder.Commit();
        _builder.Put(Route("h1.example.com", service: "default/default/w2"));
        _builder.Commit();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            _builder.Put(Route($"h{i}.example.com", service: "default/default/w5"));
            _builder.Put(Service("default/default/w5", ($"n{i}", "a/n1")));
            _builder.Commit();
        }
        // The list of shards of hosts and that of services, 32 KiB each, and little more.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10, 1, 100_000);
    }

    [Fact]
    public void Commit_OldTable_StaysAsItWas()
    {
        _builder.Put(Route("a.localhost"));
        _builder.Put(Service("default/default/web", ("r1", "a/n1")));
        RouteTable old = _builder.Commit();
        _builder.SetComplete(true);
        _builder.RemoveRoute("a.localhost/");
        _builder.Put(Service("default/default/web", ("r2", "a/n1")));
        RouteTable table = _builder.Commit();
        Assert.NotNull(old.Match("a.localhost", "/").Entry);
        Assert.Equal(["r1"], old.FindService("default/default/web")!.Replicas());
        Assert.Null(table.Match("a.localhost", "/").Entry);
        Assert.Equal(["r2"], table.FindService("default/default/web")!.Replicas());
        Assert.True(table.Version > old.Version);
    }

    [Fact]
    public void Commit_NothingChanged_GivesTheSameTable()
    {
        _builder.Put(Route("a.localhost"));
        RouteTable table = _builder.Commit();
        _builder.Put(Route("a.localhost"));
        Assert.Same(table, _builder.Commit());
    }

    /// <summary>Over random changes the incremental table answers as one that is searched entry by entry.</summary>
    [Fact]
    public void Commit_RandomChanges_AnswersAsAPlainSearchDoes()
    {
        string[] hosts = ["a.x", "b.x", "c.b.x", "*.x", "*.b.x", "*.y"];
        string[] paths = ["/", "/a", "/a/b", "/ab"];
        string[] asked = ["a.x", "B.X:1", "c.b.x", "d.b.x", "z.x", "x", "q.y", "nothing"];
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var chance = new SeededChance(seed);
            var builder = new RouteTableBuilder(chance);
            builder.SetComplete(true);
            var model = new Dictionary<string, RouteEntry>();
            for (int step = 0; step < 60; step++)
            {
                RouteEntry entry = Route(hosts[chance.Next(hosts.Length)], paths[chance.Next(paths.Length)], $"default/default/w{chance.Next(3)}");
                if (chance.Next(3) == 0)
                {
                    model.Remove(entry.Key);
                    builder.RemoveRoute(entry.Key);
                }
                else
                {
                    model[entry.Key] = entry;
                    builder.Put(entry);
                }
                if (chance.Next(2) == 0) continue;
                RouteTable table = builder.Commit();
                Assert.Equal(model.Values.OrderBy(e => e.Key, StringComparer.Ordinal), table.AllRoutes());
                foreach (string host in asked)
                {
                    foreach (string path in new[] { "/", "/a", "/a/b/c", "/abc" })
                        Assert.Equal(Search(model.Values, host, path), table.Match(host, path).Entry);
                }
            }
        }
    }

    private static RouteEntry? Search(IEnumerable<RouteEntry> entries, string host, string path)
    {
        string name = host.Split(':')[0].ToLowerInvariant();
        IGrouping<string, RouteEntry>? best = entries.GroupBy(entry => entry.Host)
            .Where(group => group.Key == name || (group.Key[0] == '*' && name.EndsWith(group.Key[1..], StringComparison.Ordinal) && name.Length > group.Key.Length - 1))
            .OrderByDescending(group => group.Key[0] != '*').ThenByDescending(group => group.Key.Length)
            .FirstOrDefault();
        return best?.Where(entry => entry.Path == "/" || (path + "/").StartsWith(entry.Path + "/", StringComparison.Ordinal))
            .OrderByDescending(entry => entry.Path.Length).FirstOrDefault();
    }
}
