using System.Text.Json.Nodes;
using Federation.Cli.Rendering.Templates;

namespace Federation.Client.Tests.Cli;

/// <summary>kubectl's own examples and what kubectl answers to them (kubernetes.io/docs/reference/kubectl/jsonpath).</summary>
public sealed class JsonPathTests
{
    private static readonly JsonNode Root = JsonNode.Parse("""
        {"kind":"List","items":[
          {"kind":"None","metadata":{"name":"127.0.0.1","labels":{"kubernetes.io/hostname":"127.0.0.1"}},"status":{"capacity":{"cpu":"4"},"addresses":[{"type":"LegacyHostIP","address":"127.0.0.1"}]}},
          {"kind":"None","metadata":{"name":"127.0.0.2"},"status":{"capacity":{"cpu":"8"},"weight":3,"addresses":[{"type":"LegacyHostIP","address":"127.0.0.2"},{"type":"another","address":"127.0.0.3"}]}}],
         "users":[{"name":"myself","user":{}},{"name":"e2e","user":{"username":"admin","password":"secret"}}]}
        """)!;

    [Theory]
    [InlineData("kind is {.kind}", "kind is List")]
    [InlineData("{['kind']}", "List")]
    [InlineData("{..name}", "127.0.0.1 127.0.0.2 myself e2e")]
    [InlineData("{.items[*].metadata.name}", "127.0.0.1 127.0.0.2")]
    [InlineData("{.users[0].name}", "myself")]
    [InlineData("{.users[-1].name}", "e2e")]
    [InlineData("{.items[1].status.addresses[0:1].address}", "127.0.0.2")]
    [InlineData("{.items[1].status.addresses[-1:].address}", "127.0.0.3")]
    [InlineData("{.items[0:2].metadata.name}", "127.0.0.1 127.0.0.2")]
    [InlineData("{.users[?(@.name==\"e2e\")].user.password}", "secret")]
    [InlineData("{.users[?(@.name!='e2e')].name}", "myself")]
    [InlineData("{.users[?(@.user.password)].name}", "e2e")]
    [InlineData("{.items[?(@.status.weight>2)].metadata.name}", "127.0.0.2")]
    [InlineData("{.items[?(@.status.weight<=2)].metadata.name}", "")]
    [InlineData("{range .items[*]}[{.metadata.name}, {.status.capacity.cpu}] {end}", "[127.0.0.1, 4] [127.0.0.2, 8] ")]
    [InlineData("{range .items[*]}{.metadata.name}{\"\\t\"}{end}", "127.0.0.1\t127.0.0.2\t")]
    [InlineData("{range .items[*]}{range .status.addresses[*]}{.address}{\" \"}{end}{end}", "127.0.0.1 127.0.0.2 127.0.0.3 ")]
    [InlineData("{.items[0].metadata.labels.kubernetes\\.io/hostname}", "127.0.0.1")]
    [InlineData("{.items[0].metadata.labels['kubernetes.io/hostname']}", "127.0.0.1")]
    [InlineData("{.items[0].status.capacity}", "{\"cpu\":\"4\"}")]
    [InlineData("{range .users[*]}{$.kind}{end}", "ListList")]
    [InlineData("{.nowhere.at.all}", "")]
    [InlineData(".kind", "List")]
    [InlineData("{.users[9].name}", "")]
    [InlineData("{\"}\"}", "}")]
    public void Render_Template_IsAsKubectlDoes(string template, string expected) => Assert.Equal(expected, JsonPathTemplate.Parse(template).Render(Root));

    [Theory]
    [InlineData("{.items[}")]
    [InlineData("{.items[?(@.x==)]}")]
    [InlineData("{.items")]
    [InlineData("{range .items[*]}{.x}")]
    [InlineData("{.x}{end}")]
    [InlineData("{.items[x]}")]
    [InlineData("{.items[?(@.x==maybe)]}")]
    public void Parse_Malformed_IsRefusedWithAReason(string template) =>
        Assert.False(string.IsNullOrWhiteSpace(Assert.Throws<FormatException>(() => JsonPathTemplate.Parse(template)).Message));

    [Fact]
    public void FieldSelector_AllTermsMustHold()
    {
        JsonNode item = JsonNode.Parse("""{"status":{"phase":"Ready"},"spec":{"replicas":2}}""")!;
        Assert.True(FieldSelector.Parse("status.phase=ready,spec.replicas!=1").Holds(item));
        Assert.False(FieldSelector.Parse("status.phase==Ready,spec.replicas!=2").Holds(item));
        Assert.True(FieldSelector.Parse("spec.nothing!=2").Holds(item));
        Assert.Throws<FormatException>(() => FieldSelector.Parse("status.phase"));
    }
}
