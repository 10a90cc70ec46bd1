using System.Text;
using Federation.Domain.Policies;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;
using Federation.Manifests.Reading;

namespace Federation.Manifests.Tests;

public sealed class ResourceReaderTests
{
    [Fact]
    public void Read_ReplicasLeftOut_StayUnset() => Assert.Null(Manifest.One<Workload>(Manifest.Workload("ports: [{ name: http }]")).Spec.Replicas);

    [Fact]
    public void Read_WordsThatAreBooleansInOldYaml_AreText()
    {
        var workload = Manifest.One<Workload>(Manifest.Workload("environment: { A: yes, B: off, C: 2024-01-01, D: 1:30, E: 0x, F: 1_000, G: '1', H: .5.5 }"));
        Assert.Equal(["yes", "off", "2024-01-01", "1:30", "0x", "1_000", "1", ".5.5"], workload.Spec.Template.Environment!.Values);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-1.5e3")]
    [InlineData("0x1F")]
    [InlineData("0o17")]
    [InlineData("true")]
    [InlineData(".inf")]
    [InlineData("~")]
    public void Read_VariableThatIsNoText_IsRefusedAndNotQuoted(string value)
    {
        ManifestError error = Assert.Single(Manifest.Errors(Manifest.Workload($"environment: {{ SOME: {value} }}")));
        Assert.Equal("spec.template.environment.SOME", error.Path);
        Assert.StartsWith("expected text", error.Rule);
        Assert.Equal(value == "~" ? "write \"\" for empty text" : "put it in quotes", error.Suggestion);
    }

    [Fact]
    public void Read_QuantityAsNumber_IsAccepted()
    {
        var workload = Manifest.One<Workload>(Manifest.Workload("resources: { cpu: 0.5, memory: 1048576 }"));
        Assert.Equal(500, workload.Spec.Template.Resources!.Cpu.Value);
        Assert.Equal(1 << 20, workload.Spec.Template.Resources.Memory.Value);
    }

    [Fact]
    public void Read_ChoiceInOtherCase_IsAccepted() =>
        Assert.Equal(RestartCondition.OnFailure, Manifest.One<Workload>(Manifest.Workload("restart: { condition: OnFailure }")).Spec.Template.Restart.Condition);

    [Fact]
    public void Read_WhatThePlaneWrites_IsIgnored()
    {
        var workload = Manifest.One<Workload>("""
            apiVersion: federation/v1
            kind: Workload
            metadata:
              name: web
              tenant: default
              uid: abc
              generation: 7
              resourceVersion: "99"
              createdAt: 2030-01-01T00:00:00+00:00
            spec:
              template: { image: "web:1" }
            status:
              phase: Ready
              whatever: [1, 2]
            """);
        Assert.Null(workload.Metadata.Uid);
        Assert.Null(workload.Metadata.Tenant);
        Assert.Null(workload.Metadata.ResourceVersion);
        Assert.Null(workload.Status);
    }

    [Fact]
    public void Read_List_GivesItsItems()
    {
        var resources = Manifest.All("""
            apiVersion: federation/v1
            kind: NamespaceList
            cursor: abc
            items:
              - { apiVersion: federation/v1, kind: Namespace, metadata: { name: one } }
              - { apiVersion: federation/v1, kind: Namespace, metadata: { name: two } }
            """);
        Assert.Equal(["one", "two"], resources.Select(resource => resource.Resource.Metadata.Name));
    }

    [Fact]
    public void Read_ErrorInList_TellsTheItemsPath()
    {
        ManifestError error = Assert.Single(Manifest.Errors("""
            apiVersion: federation/v1
            kind: List
            items:
              - apiVersion: federation/v1
                kind: Namespace
                metadata: { name: Bad }
            """));
        Assert.Equal(("items[0].metadata.name", 6, 23), (error.Path, error.Line, error.Column));
    }

    [Fact]
    public void Read_AnchorsAndMergeKeys_AreExpanded()
    {
        var resources = Manifest.All("""
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: web }
            spec:
              template:
                image: web:1
                environment: &common { A: "1", B: "2" }
                process:
                  command: web
                  environment:
                    <<: *common
                    B: own
            """);
        var workload = (Workload)resources[0].Resource;
        Assert.Equal(["own", "1"], [workload.Spec.Template.Process!.Environment!["B"], workload.Spec.Template.Process.Environment["A"]]);
    }

    [Fact]
    public void Read_QuotedMergeKey_IsAKey() =>
        Assert.Equal("x", Manifest.One<Config>("apiVersion: federation/v1\nkind: Config\nmetadata: { name: c }\nspec: { data: { \"<<\": x } }").Spec.Data!["<<"]);

    [Fact]
    public void Read_ByteOrderMarkAndWindowsLineEnds_AreAccepted()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("apiVersion: federation/v1\r\nkind: Namespace\r\nmetadata:\r\n  name: team\r\nspec:\r\n  description: |\r\n    a\r\n    b\r\n")];
        var accepted = Assert.IsType<ReadOutcome.Accepted>(ResourceReader.Read(bytes, "test"));
        Assert.Equal("a\nb\n", ((Namespace)accepted.Resources[0].Resource).Spec.Description);
    }

    [Fact]
    public void Read_JsonWithEscapesAndTabs_IsAccepted()
    {
        var config = (Config)Assert.Single(Manifest.All("{\n\t\"apiVersion\": \"federation\\/v1\",\n\t\"kind\": \"Config\", \"metadata\": {\"name\": \"c\"},\n\t\"spec\": {\"data\": {\"a\": \"\\ud83d\\ude00\\n\"}}\n}", InputFormat.Json)).Resource;
        Assert.Equal("\U0001F600\n", config.Spec.Data!["a"]);
    }

    [Fact]
    public void Read_JsonValuesAfterEachOther_AreAllRead() =>
        Assert.Equal(2, Manifest.All("""
            {"apiVersion":"federation/v1","kind":"Namespace","metadata":{"name":"one"}}
            {"apiVersion":"federation/v1","kind":"Namespace","metadata":{"name":"two"}}
            """).Count);

    [Fact]
    public void Read_JsonColumn_CountsCharactersNotBytes()
    {
        ManifestError error = Assert.Single(Manifest.Errors("{\"apiVersion\":\"federation/v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\",\"annotations\":{\"k\":\"äöü\"}},\"x\":1}", InputFormat.Json));
        Assert.Equal(("x", 1, 100), (error.Path, error.Line, error.Column));
    }

    [Fact]
    public void Read_FlowYaml_IsNotTakenForBrokenJson() =>
        Assert.Equal("team", Manifest.One<Namespace>("{ apiVersion: federation/v1, kind: Namespace, metadata: { name: team } }").Metadata.Name);

    [Fact]
    public void Read_NullMember_IsAsLeftOut()
    {
        var policy = Manifest.One<PlacementPolicy>("apiVersion: federation/v1\nkind: PlacementPolicy\nmetadata: { name: p }\nspec:\n  failover:\n  spread: ~\n");
        Assert.True(policy.Spec.Failover.Enabled);
        Assert.Null(policy.Spec.Failover.TolerationSeconds);
        Assert.Null(policy.Spec.Spread);
    }

    [Fact]
    public void Read_EmptyDocumentsBetweenResources_AreSkipped() =>
        Assert.Single(Manifest.All("---\n# nothing\n---\napiVersion: federation/v1\nkind: Namespace\nmetadata: { name: team }\n---\n"));

    [Fact]
    public void ReadOne_TwoResources_IsRefused()
    {
        ReadOutcome outcome = ResourceReader.ReadOne("{\"apiVersion\":\"federation/v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"one\"}}\n{\"apiVersion\":\"federation/v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"two\"}}"u8, "body", InputFormat.Json);
        Assert.Equal(2, Assert.Single(Assert.IsType<ReadOutcome.Refused>(outcome).Errors).Line);
    }

    [Fact]
    public void Read_UnknownFieldWithHostileName_IsShownEscapedAndShort()
    {
        ManifestError error = Assert.Single(Manifest.Errors($"apiVersion: federation/v1\nkind: Namespace\nmetadata: {{ name: team }}\n\"\\e[31m{new string('x', 5000)}\": 1\n"));
        Assert.DoesNotContain('\x1b', error.ToString());
        Assert.True(error.ToString().Length < 300);
    }

    [Fact]
    public void Read_ManyErrors_AreCountedBeyondALimit()
    {
        var errors = Manifest.Errors(string.Join("---\n", Enumerable.Range(0, 500).Select(i => $"apiVersion: federation/v1\nkind: Namespace\nmetadata: {{ name: n{i} }}\nx: 1\n")));
        Assert.Equal(101, errors.Count);
        Assert.Equal("400 more errors are not shown", errors[^1].Rule);
    }
}
