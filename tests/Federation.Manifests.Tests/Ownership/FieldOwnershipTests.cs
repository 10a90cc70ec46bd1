using Federation.Domain.Resources;
using Federation.Manifests.Ownership;

namespace Federation.Manifests.Tests.Ownership;

public sealed class FieldOwnershipTests
{
    private static string Web(string spec) => "{ apiVersion: federation/v1, kind: Workload, metadata: { name: web }, spec: " + spec + " }";

    private static string Template(string template) => Web("{ template: " + template + " }");

    [Fact]
    public void Apply_FieldOfAnother_NamesFieldAndOwner()
    {
        SharedDocument web = SharedDocument.Of(Web("{ replicas: 2, template: { image: 'web:1', ports: [{ name: http }] } }"), "alice");
        Assert.Equal(
            [new FieldClash("spec.replicas", "alice"), new FieldClash("spec.template.image", "alice")],
            web.Clashes(Web("{ replicas: 3, template: { image: 'web:2', ports: [{ name: http }] } }"), "bob"));
    }

    [Fact]
    public void Apply_SameValueAsAnother_SharesTheField()
    {
        SharedDocument web = SharedDocument.Of(Web("{ replicas: 2 }"), "alice").Applied(Web("{ replicas: 2 }"), "bob");
        Assert.Equal(["spec.replicas"], web.FieldsOf("alice"));
        Assert.Equal(["spec.replicas"], web.FieldsOf("bob"));
        Assert.Equal(2, web.Applied(Web("{}"), "alice").At("spec", "replicas")!.GetValue<int>());
        Assert.Equal("bob", Assert.Single(web.Clashes(Web("{ replicas: 3 }"), "alice")).Owner);
    }

    [Fact]
    public void Apply_Forced_TakesTheFieldOver()
    {
        SharedDocument web = SharedDocument.Of(Web("{ replicas: 2, singleton: false }"), "alice").Applied(Web("{ replicas: 3 }"), "bob", force: true);
        Assert.Equal(3, web.At("spec", "replicas")!.GetValue<int>());
        Assert.Equal(["spec.singleton"], web.FieldsOf("alice"));
        Assert.Equal("bob", Assert.Single(web.Clashes(Web("{ replicas: 2 }"), "alice")).Owner);
    }

    [Fact]
    public void Apply_FieldNoLongerMentioned_FallsBackToItsDefault()
    {
        SharedDocument web = SharedDocument.Of(Template("{ drainSeconds: 9, environment: { A: '1', B: '2' } }"), "alice")
            .Applied(Template("{ environment: { B: '2' } }"), "alice");
        Assert.Equal(2, web.At("spec", "template", "drainSeconds")!.GetValue<int>());
        Assert.Equal("""{"B":"2"}""", web.At("spec", "template", "environment")!.ToJsonString());
    }

    [Fact]
    public void Apply_FileThatDoesNotMentionReplicas_KeepsWhatScaleSet()
    {
        SharedDocument web = SharedDocument.Of(Template("{ image: 'web:1' }"), "fedctl").Replaced(Web("{ replicas: 5, template: { image: 'web:1' } }"), "fedctl-scale");
        Assert.Equal(["spec.replicas"], web.FieldsOf("fedctl-scale"));
        web = web.Applied(Template("{ image: 'web:2' }"), "fedctl");
        Assert.Equal(5, web.At("spec", "replicas")!.GetValue<int>());
        Assert.Equal("web:2", web.At("spec", "template", "image")!.GetValue<string>());
    }

    [Fact]
    public void Apply_FileThatMentionsReplicasAfterScale_Clashes()
    {
        SharedDocument web = SharedDocument.Of(Web("{ replicas: 2 }"), "fedctl").Replaced(Web("{ replicas: 5 }"), "fedctl-scale");
        Assert.Equal([new FieldClash("spec.replicas", "fedctl-scale")], web.Clashes(Web("{ replicas: 2 }"), "fedctl"));
    }

    [Fact]
    public void Apply_OtherCheck_LeavesNothingOfTheOldOne()
    {
        SharedDocument web = SharedDocument.Of(Template("{ healthCheck: { http: { port: web } } }"), "alice").Applied(Template("{ healthCheck: { tcp: {} } }"), "alice");
        Assert.Null(web.At("spec", "template", "healthCheck", "http"));
        Assert.NotNull(web.At("spec", "template", "healthCheck", "tcp"));
        web = web.Applied(Template("{ healthCheck: { http: {} } }"), "alice");
        Assert.Null(web.At("spec", "template", "healthCheck", "tcp"));
        Assert.Equal("/", web.At("spec", "template", "healthCheck", "http", "path")!.GetValue<string>());
        // What holds only defaults stays while its owner is quiet.
        web = web.Applied(Web("{ replicas: 2 }"), "bob");
        Assert.NotNull(web.At("spec", "template", "healthCheck", "http"));
    }

    [Fact]
    public void Apply_ItemsOfNamedLists_AreOwnedOneByOne()
    {
        SharedDocument web = SharedDocument.Of(Template("{ ports: [{ name: http, containerPort: 80 }], configs: [{ name: a }] }"), "alice")
            .Applied(Template("{ ports: [{ name: admin, protocol: tcp }], configs: [{ name: b, path: x }] }"), "bob");
        Assert.Equal(["http", "admin"], web.At("spec", "template", "ports")!.AsArray().Select(port => port!["name"]!.GetValue<string>()).Order().Reverse());
        Assert.Contains("spec.template.ports[name=\"admin\"].protocol", web.FieldsOf("bob"));
        Assert.Equal(
            [new FieldClash("spec.template.ports[name=\"http\"].containerPort", "alice")],
            web.Clashes(Template("{ ports: [{ name: admin, protocol: tcp }, { name: http, containerPort: 81 }] }"), "bob"));
        web = web.Applied(Template("{}"), "alice");
        Assert.Equal("admin", Assert.Single(web.At("spec", "template", "ports")!.AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public void Apply_OrderOfItems_IsTheWriters()
    {
        SharedDocument web = SharedDocument.Of(Template("{ ports: [{ name: a }, { name: b }] }"), "alice").Applied(Template("{ ports: [{ name: x }] }"), "bob")
            .Applied(Template("{ ports: [{ name: b }, { name: a }, { name: c }] }"), "alice");
        string[] names = [.. web.At("spec", "template", "ports")!.AsArray().Select(port => port!["name"]!.GetValue<string>())];
        Assert.Equal(["b", "a", "c"], names.Where(name => name != "x"));
        Assert.Contains("x", names);
    }

    [Fact]
    public void Apply_ListWithoutNames_IsOwnedAsAWhole()
    {
        SharedDocument web = SharedDocument.Of(Template("{ process: { command: run, arguments: [a, b] } }"), "alice");
        Assert.Equal(
            [new FieldClash("spec.template.process.arguments", "alice")],
            web.Clashes(Template("{ process: { command: run, arguments: [a, b, c] } }"), "bob"));
    }

    [Fact]
    public void Apply_Quantity_IsTheSameHoweverItIsWritten()
    {
        SharedDocument web = SharedDocument.Of(Template("{ resources: { cpu: 500m, memory: 1Gi } }"), "alice");
        Assert.IsType<MergeOutcome.Merged>(web.Apply(SharedDocument.Part(Template("{ resources: { cpu: '0.5', memory: 1024Mi } }")).Written, "bob"));
    }

    [Fact]
    public void Apply_TaintWithTheDefaultWritten_IsTheSameItem()
    {
        const string cluster = "apiVersion: federation/v1\nkind: Cluster\nmetadata: { name: eu }\nspec: { taints: [{ key: gpu EFFECT }] }";
        SharedDocument eu = SharedDocument.Of(cluster.Replace(" EFFECT", "", StringComparison.Ordinal), "alice")
            .Applied(cluster.Replace(" EFFECT", ", effect: noSchedule", StringComparison.Ordinal), "alice");
        Assert.Single(eu.At("spec", "taints")!.AsArray());
    }

    [Fact]
    public void Apply_UnownedDocument_AdoptsWhatItMentionsAndLeavesTheRest()
    {
        var stored = SharedDocument.Of(Web("{ replicas: 4, template: { image: 'web:1', drainSeconds: 7 } }"), "gone") with { Owners = [] };
        SharedDocument web = stored.Applied(Template("{ image: 'web:2' }"), "fedctl");
        Assert.Equal(4, web.At("spec", "replicas")!.GetValue<int>());
        Assert.Equal(7, web.At("spec", "template", "drainSeconds")!.GetValue<int>());
        Assert.Equal(["spec.template.image"], web.FieldsOf("fedctl"));
    }

    [Fact]
    public void Replace_OwnsWhatItChanged_OthersKeepTheRest()
    {
        SharedDocument web = SharedDocument.Of(Web("{ replicas: 2, template: { image: 'web:1', environment: { A: '1' } } }"), "alice")
            .Replaced(Web("{ replicas: 2, template: { image: 'web:2' } }"), "program");
        Assert.Equal(["spec.replicas"], web.FieldsOf("alice"));
        Assert.Equal(["spec.template.image"], web.FieldsOf("program"));
        // The defaults that the record spells out are nobody's.
        Assert.DoesNotContain(web.Owners, owner => owner.Fields.Any(path => path.Contains("drainSeconds", StringComparison.Ordinal)));
    }

    [Fact]
    public void Restore_EarlierValues_StayTheirOwners_SoThatTheNextApplyHasNoClash()
    {
        SharedDocument web = SharedDocument.Of(Web("{ replicas: 2, template: { image: 'web:2', environment: { NEW: '1' } } }"), "fedctl")
            .Restored(Web("{ replicas: 2, template: { image: 'web:1', environment: { OLD: '1' } } }"));
        Assert.Equal("fedctl", Assert.Single(web.Owners).Manager);
        web = web.Applied(Web("{ replicas: 2, template: { image: 'web:3', environment: { NEW: '1' } } }"), "fedctl");
        Assert.Equal("""{"NEW":"1"}""", web.At("spec", "template", "environment")!.ToJsonString());
        Assert.Equal("web:3", web.At("spec", "template", "image")!.GetValue<string>());
    }

    [Fact]
    public void ReadPart_NotAllThatIsRequired_IsRead_ButWhatIsWrittenIsCheckedStrictly()
    {
        Assert.Equal("""{"apiVersion":"federation/v1","kind":"Workload","metadata":{"name":"web"},"spec":{"replicas":3}}""", SharedDocument.Part(Web("{ replicas: 3 }")).Written.ToJsonString());
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => SharedDocument.Part(Web("{ replcias: 3 }")));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => SharedDocument.Part(Web("{ replicas: many }")));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => SharedDocument.Part(Template("{ ports: [{ containerPort: 80 }] }")));
    }

    // A volume's path did not tell it from others once: owners of documents of that time are written down so.
    private static SharedDocument OfBefore(string template, params FieldOwner[] owners) => SharedDocument.Of(Template(template), "alice") with { Owners = owners };

    private static FieldOwner Former(string manager, params string[] members) => new() { Manager = manager, ChangedAt = DateTimeOffset.UnixEpoch, Fields = [.. members.Select(static member => "spec.template.volumes[name=\"data\"]." + member)] };

    private static string[] Volumes(SharedDocument web) => [.. (web.At("spec", "template", "volumes")?.AsArray() ?? []).Select(static volume => $"{volume!["name"]} {volume["path"]} {volume["readOnly"]}")];

    [Fact]
    public void Apply_OfWhatWasOwnedByTheFormerKey_ChangesTheVolumesPathAndLeavesNoneBehind()
    {
        SharedDocument web = OfBefore("{ volumes: [{ name: data, path: /data, readOnly: true }] }", Former("alice", "name", "path", "readOnly"));
        Assert.Equal(["data /srv false"], Volumes(web.Applied(Template("{ volumes: [{ name: data, path: /srv }] }"), "alice")));
        Assert.Equal(["data /data true", "data /srv false"], Volumes(web.Applied(Template("{ volumes: [{ name: data, path: /data, readOnly: true }, { name: data, path: /srv }] }"), "alice")));
        Assert.Empty(Volumes(web.Applied(Template("{ image: 'web:1' }"), "alice")));
        Assert.Equal(["data /data false"], Volumes(web.Applied(Template("{ volumes: [{ name: data, path: /data }] }"), "alice")));
    }

    [Fact]
    public void AnotherWriter_OfTheFormerKey_ChangesAndKeepsItsPartOfTheVolume()
    {
        SharedDocument web = OfBefore("{ volumes: [{ name: data, path: /data, readOnly: true }] }", Former("alice", "name", "path"), Former("bob", "name", "readOnly"));
        // It names no path, and means the one volume that is there.
        Assert.Equal(["data /data false"], Volumes(web.Applied(Template("{ volumes: [{ name: data, readOnly: false }] }"), "bob")));
        SharedDocument moved = web.Applied(Template("{ volumes: [{ name: data, path: /srv }] }"), "alice");
        Assert.Equal(["data /srv true"], Volumes(moved));
        Assert.Equal(["spec.template.volumes[name=\"data\"].name", "spec.template.volumes[name=\"data\"].readOnly"], moved.FieldsOf("bob"));
        // Where the name is not enough any more, its part of the one volume is not taken along.
        SharedDocument several = web.Applied(Template("{ volumes: [{ name: data, path: /a }, { name: data, path: /b }] }"), "alice");
        Assert.Equal(["data /a false", "data /b false", "data /data true"], Volumes(several).Order(StringComparer.Ordinal));
        Assert.All(several.FieldsOf("bob"), static field => Assert.StartsWith("spec.template.volumes[name=\"data\",path=\"/data\"].", field, StringComparison.Ordinal));
        Assert.Equal(new FieldClash("spec.template.volumes[name=\"data\"].path", "alice"), Assert.Single(web.Clashes(Template("{ volumes: [{ name: data, path: /more }] }"), "bob")));
    }

    [Fact]
    public void AnotherWriter_OfAFurtherPath_TakesNothingFromTheFirst()
    {
        SharedDocument web = OfBefore("{ volumes: [{ name: data, path: /data, readOnly: true }] }", Former("alice", "name", "path", "readOnly"));
        string[] own = ["spec.template.volumes[name=\"data\",path=\"/data\"].name", "spec.template.volumes[name=\"data\",path=\"/data\"].path", "spec.template.volumes[name=\"data\",path=\"/data\"].readOnly"];
        SharedDocument[] both =
        [
            web.Applied(Template("{ volumes: [{ name: data, path: /data }, { name: data, path: /more }] }"), "bob"),
            web.Replaced(Template("{ volumes: [{ name: data, path: /data, readOnly: true }, { name: data, path: /more }] }"), "bob"),
            web.Restored(Template("{ volumes: [{ name: data, path: /data, readOnly: true }, { name: data, path: /more }] }")),
        ];
        foreach (SharedDocument now in both)
        {
            Assert.Equal(["data /data true", "data /more false"], Volumes(now));
            Assert.Equal(own, now.FieldsOf("alice").Where(static field => field.Contains("/data", StringComparison.Ordinal)));
            Assert.Contains(now.Owners, static owner => owner.Fields.Contains("spec.template.volumes[name=\"data\",path=\"/more\"].path"));
            // The first writer's file still says one of them.
            Assert.Equal(["data /data true", "data /more false"], Volumes(now.Applied(Template("{ volumes: [{ name: data, path: /data, readOnly: true }] }"), "carol")));
        }
        // What one drops goes, and what another has stays.
        Assert.Equal(["data /data false", "data /more false"], Volumes(both[0].Applied(Template("{ image: 'web:1' }"), "alice")));
        Assert.Equal(["data /data true"], Volumes(both[1].Applied(Template("{ image: 'web:1' }"), "bob")));
        Assert.Equal(["data /more false"], Volumes(both[1].Applied(Template("{ image: 'web:1' }"), "alice")));
    }

    [Fact]
    public void Paths_ThatBecomeSeveralAndOneAgain_KeepTheirOwners()
    {
        SharedDocument web = SharedDocument.Of(Template("{ volumes: [{ name: data, path: /data }] }"), "alice").Applied(Template("{ volumes: [{ name: data, path: /data }, { name: data, path: /more, readOnly: true }, { name: data }] }"), "alice");
        Assert.Equal(["data /data false", "data /more true", "data  false"], Volumes(web));
        web = web.Applied(Template("{ volumes: [{ name: data, path: /more, readOnly: true }] }"), "alice");
        Assert.Equal(["data /more true"], Volumes(web));
        Assert.Equal("alice", Assert.Single(web.Clashes(Template("{ volumes: [{ name: data, readOnly: false }] }"), "bob")).Owner);
        web = web.Applied(Template("{ volumes: [{ name: data, path: /srv }] }"), "alice");
        Assert.Equal(["data /srv false"], Volumes(web));
        Assert.Equal(["spec.template.volumes[name=\"data\"].name", "spec.template.volumes[name=\"data\"].path"], web.FieldsOf("alice"));
        Assert.Empty(Volumes(web.Applied(Template("{ image: 'web:1' }"), "alice")));
    }
}
