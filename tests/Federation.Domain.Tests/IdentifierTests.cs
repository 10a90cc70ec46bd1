using System.Text.Json;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Resources;

namespace Federation.Domain.Tests;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("web-1")]
    [InlineData("xn--caf-dma")]
    public void Name_Valid_BreaksNoRule(string name) => Assert.Null(Name.Violation(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Web")]
    [InlineData("-web")]
    [InlineData("web-")]
    [InlineData("we_b")]
    [InlineData("we.b")]
    [InlineData("wéb")]
    [InlineData("a/b")]
    [InlineData("web\n")]
    public void Name_Invalid_NamesTheRule(string? name) => Assert.StartsWith("a name", Name.Violation(name));

    // Stores list by the text: a dash and a digit come on different sides of the slash.
    [Fact]
    public void Keys_Order_IsThatOfTheirText()
    {
        string[] parts = ["a", "a-1", "a1", "a1-b", "b"];
        NodeKey[] nodes = [.. parts.SelectMany(cluster => parts.Select(node => new NodeKey(new(cluster), new(node))))];
        WorkloadKey[] workloads = [.. parts.SelectMany(tenant => parts.SelectMany(space => parts.Select(name => new WorkloadKey(new(tenant), space, name))))];
        Assert.Equal(nodes.Select(static key => key.ToString()).Order(StringComparer.Ordinal), nodes.Order().Select(static key => key.ToString()));
        Assert.Equal(workloads.Select(static key => key.ToString()).Order(StringComparer.Ordinal), workloads.Order().Select(static key => key.ToString()));
    }

    [Fact]
    public void Name_Length_IsAtMost63()
    {
        Assert.Null(Name.Violation(new string('a', 63)));
        Assert.NotNull(Name.Violation(new string('a', 64)));
    }

    [Fact]
    public void WorkloadKey_Text_ReadsBack()
    {
        var key = WorkloadKey.Parse("acme/shop/web");
        Assert.Equal(new WorkloadKey(new("acme"), "shop", "web"), key);
        Assert.Equal("\"acme/shop/web\"", JsonSerializer.Serialize(key, DomainJson.Options));
        Assert.Equal(key, JsonSerializer.Deserialize<WorkloadKey>("\"acme/shop/web\"", DomainJson.Options));
    }

    [Theory]
    [InlineData("acme/shop")]
    [InlineData("acme/shop/web/x")]
    [InlineData("acme//web")]
    [InlineData("acme/shop/../web")]
    public void WorkloadKey_Other_IsRefused(string text) => Assert.Throws<FormatException>(() => WorkloadKey.Parse(text));

    [Fact]
    public void Deserialize_BrokenId_IsAJsonError() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ClusterId>("\"Not A Name\"", DomainJson.Options));

    [Fact]
    public void Kinds_EveryResourceRecord_IsOne()
    {
        Type[] records = [.. typeof(Resource).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Resource)))];
        Assert.Equal(records.ToHashSet(), ResourceKind.All.Select(kind => kind.Type).ToHashSet());
        Assert.All(ResourceKind.All, kind => Assert.Equal(kind.Name, kind.Type.Name));
    }

    [Fact]
    public void Kinds_Names_AreUniqueInEveryForm()
    {
        string[] words = [.. ResourceKind.All.SelectMany(kind => new[] { kind.Name, kind.Plural, kind.ShortName }).Select(word => word.ToLowerInvariant()).Distinct()];
        Assert.Equal(ResourceKind.All.Count * 3, words.Length);
        Assert.All(words, word => Assert.NotNull(ResourceKind.Find(word.ToUpperInvariant())));
        Assert.Null(ResourceKind.Find("pods"));
    }

    [Fact]
    public void Kinds_ApplyOrder_PutsWhatIsReferredToFirst() =>
        Assert.Equal(["Cluster", "Namespace", "PlacementPolicy", "Config", "Secret", "Volume", "Workload", "Route"], ResourceKind.All.OrderBy(kind => kind.ApplyOrder).Select(kind => kind.Name));
}
