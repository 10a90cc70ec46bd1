using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Client.Tests.Cli.Applying;

/// <summary>fedctl against the services' own way of resources.</summary>
public sealed class ApplyTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-apply-").FullName;
    private DeskPlane _plane = null!;

    public async ValueTask InitializeAsync() => _plane = await DeskPlane.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Apply_FromTwoWritersWithAConflict_NamesFieldAndOwnerAndChangesNothing()
    {
        Assert.Equal(0, (await ApplyAsync(Web("replicas: 2, template: { image: 'web:1' }"), "--field-manager", "alice")).ExitCode);
        FedctlCall call = await ApplyAsync(Web("replicas: 3, template: { image: 'web:2' }"), "--field-manager", "bob");
        Assert.Equal(8, call.ExitCode);
        Assert.Contains("workload/web: spec.replicas is owned by alice", call.Error, StringComparison.Ordinal);
        Assert.Contains("workload/web: spec.template.image is owned by alice", call.Error, StringComparison.Ordinal);
        Assert.EndsWith("--force-conflicts\n", call.Error, StringComparison.Ordinal);
        Workload web = await _plane.Client.GetAsync<Workload>("web", ct: Ct);
        Assert.Equal((2, "web:1"), (web.Spec.Replicas, web.Spec.Template.Image));

        Assert.Equal(0, (await ApplyAsync(Web("replicas: 3, template: { image: 'web:2' }"), "--field-manager", "bob", "--force-conflicts")).ExitCode);
        Assert.Equal(3, (await _plane.Client.GetAsync<Workload>("web", ct: Ct)).Spec.Replicas);
        FedctlCall owners = await _plane.RunAsync("get", "workload", "web", "-o", "yaml", "--show-managed-fields");
        Assert.Contains("manager: bob", owners.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", (await _plane.RunAsync("get", "workload", "web", "-o", "yaml")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_AfterAProgramPutANumber_KeepsItWhereTheFileDoesNotMentionIt()
    {
        await ApplyAsync(Web("template: { image: 'web:1' }"));
        Workload web = await _plane.Client.GetAsync<Workload>("web", ct: Ct);
        await _plane.Client.ApplyAsync(web with { Spec = web.Spec with { Replicas = 5 } }, new() { FieldManager = "autoscaler" }, Ct);
        Assert.Equal("workload/web configured", (await ApplyAsync(Web("template: { image: 'web:2' }"))).Lines[0]);
        Assert.Equal(5, (await _plane.Client.GetAsync<Workload>("web", ct: Ct)).Spec.Replicas);
        Assert.Contains("spec.replicas is owned by autoscaler", (await ApplyAsync(Web("replicas: 1, template: { image: 'web:2' }"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_FieldThatThePlaneRefusesOnceMerged_SaysSoAndChangesNothing()
    {
        await ApplyAsync(Web("template: { image: 'web:1', healthCheck: { http: {} }, ports: [{ name: http }] }"), "--field-manager", "alice");
        FedctlCall call = await ApplyAsync(Web("template: { image: 'web:1', healthCheck: { tcp: {} }, ports: [{ name: http }] }"), "--field-manager", "bob");
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("spec.template.healthCheck", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_Secret_NamesTheKeysThatChangeAndNoValue()
    {
        const string secret = "apiVersion: federation/v1\nkind: Secret\nmetadata: { name: db }\nspec: { data: { user: shop, password: VALUE } }\n";
        FedctlCall made = await _plane.RunAsync(["diff", "-f", "-"], secret.Replace("VALUE", "hunter2", StringComparison.Ordinal));
        Assert.Contains("+    password: \"(hidden)\"", made.Lines);
        await ApplyAsync(secret.Replace("VALUE", "hunter2", StringComparison.Ordinal));
        FedctlCall changed = await _plane.RunAsync(["diff", "-f", "-"], secret.Replace("VALUE", "hunter3", StringComparison.Ordinal));
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("+    password: \"(hidden, changed)\"", changed.Lines);
        Assert.Contains("     user: \"(hidden)\"", changed.Lines);
        Assert.DoesNotContain("hunter", made.Out + made.Error + changed.Out + changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_PlaneAway_EndsAboveOne()
    {
        await _plane.DisposeAsync();
        Assert.Equal(7, (await _plane.RunAsync(["diff", "-f", "-"], Web("template: { image: 'web:1' }"))).ExitCode);
    }

    [Fact]
    public async Task Prune_WhatTheStackNoLongerHas_IsListedAskedForAndRemovedInOrder()
    {
        await ApplyAsync(Web("template: { image: 'web:1' }") + Route + Config("old") + Volume, "--stack", "shop");
        await ApplyAsync(Config("foreign"));
        string[] less = ["apply", "-f", "-", "--no-wait", "--stack", "shop", "--prune"];

        FedctlCall unasked = await _plane.RunAsync(less, Config("new"));
        Assert.Equal(2, unasked.ExitCode);
        Assert.Contains("give --yes", unasked.Error, StringComparison.Ordinal);
        Assert.Null(await _plane.Client.FindAsync(ResourceKind.Of<Domain.SecretMaterial.Config>(), "new", ct: Ct));

        FedctlCall shown = await _plane.RunAsync(["diff", "-f", "-", "--stack", "shop", "--prune"], Config("new"));
        Assert.Contains("1 to create, 0 to change, 3 to remove", shown.Error, StringComparison.Ordinal);

        FedctlCall call = await _plane.RunAsync([.. less, "--yes"], Config("new"));
        Assert.Equal(["config/new created", "route/web deleted", "workload/web is being deleted", "config/old deleted"], call.Lines);
        Assert.Contains("volume/data is in no file any more and stays", call.Error, StringComparison.Ordinal);
        Assert.NotNull(await _plane.Client.FindAsync(ResourceKind.Of<Domain.Volumes.Volume>(), "data", ct: Ct));
        Assert.NotNull(await _plane.Client.FindAsync(ResourceKind.Of<Domain.SecretMaterial.Config>(), "foreign", ct: Ct));
        Assert.Contains("volume/data deleted", (await _plane.RunAsync([.. less, "--yes", "--delete-volumes"], Config("new"))).Lines);
    }

    [Theory]
    [InlineData("n\n", 1)]
    [InlineData("y\n", 0)]
    public async Task Prune_AtATerminal_DoesWhatThePersonSays(string answer, int exitCode)
    {
        string file = Path.Combine(_folder, "new.yaml");
        File.WriteAllText(file, Config("new"));
        await ApplyAsync(Config("old"), "--stack", "shop");
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["apply", "-f", file, "--no-wait", "--stack", "shop", "--prune"], answer, person: true);
        Assert.Equal(exitCode, call.ExitCode);
        Assert.Contains("config/old in default", call.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, await _plane.Client.FindAsync(ResourceKind.Of<Domain.SecretMaterial.Config>(), "old", ct: Ct) is null);
        Assert.Equal(exitCode == 0, await _plane.Client.FindAsync(ResourceKind.Of<Domain.SecretMaterial.Config>(), "new", ct: Ct) is not null);
    }

    [Fact]
    public async Task Apply_OfAnotherStacksResource_IsRefusedByItsName()
    {
        await ApplyAsync(Config("shared"), "--stack", "shop");
        FedctlCall call = await ApplyAsync(Config("shared"), "--stack", "other");
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("config/shared: it belongs to the stack shop", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prune_FilesOfNoStack_IsRefused() =>
        Assert.Contains("the files belong to no stack", (await ApplyAsync(Config("a"), "--prune", "--yes")).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Stacks_AreListedDescribedAndDeletedAsOne()
    {
        await ApplyAsync(Web("template: { image: 'web:1' }") + Route + Config("settings") + Volume, "--stack", "shop");
        FedctlCall list = await _plane.RunAsync("get", "stacks");
        Assert.Equal(0, list.ExitCode);
        Assert.Matches("^shop +0/1 +4 +Pending$", list.Lines[1]);
        FedctlCall described = await _plane.RunAsync("describe", "stack", "shop");
        foreach (string member in (string[])["config/settings", "volume/data", "workload/web", "route/web"]) Assert.Contains(member, described.Out, StringComparison.Ordinal);
        Assert.Equal(4, (await _plane.RunAsync("describe", "stack", "nope")).ExitCode);

        FedctlCall gone = await _plane.RunAsync("delete", "--stack", "shop");
        Assert.Equal(["route/web deleted", "workload/web deleted", "config/settings deleted"], gone.Lines);
        Assert.Contains("volume/data stays with its data", gone.Error, StringComparison.Ordinal);
        Assert.Contains("workload/web: gone", gone.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _plane.RunAsync("delete", "volume", "data")).ExitCode);
        Assert.Equal(4, (await _plane.RunAsync("delete", "--stack", "shop")).ExitCode);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("delete", "workload", "web", "--stack", "shop")]
    [InlineData("delete", "--stack", "shop", "--wait", "--no-wait")]
    [InlineData("apply", "-f", "x", "--wait", "--no-wait")]
    public async Task CommandLine_Contradictory_EndsWith2(params string[] args) => Assert.Equal(2, (await _plane.RunAsync(args)).ExitCode);

    private const string Route = "---\napiVersion: federation/v1\nkind: Route\nmetadata: { name: web }\nspec: { host: web.localhost, workload: web }\n";

    private const string Volume = "---\napiVersion: federation/v1\nkind: Volume\nmetadata: { name: data }\nspec: { shared: true }\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Web(string spec) => $"---\napiVersion: federation/v1\nkind: Workload\nmetadata: {{ name: web }}\nspec: {{ {spec} }}\n";

    private static string Config(string name) => $"---\napiVersion: federation/v1\nkind: Config\nmetadata: {{ name: {name} }}\nspec: {{ data: {{ a: b }} }}\n";

    private Task<FedctlCall> ApplyAsync(string yaml, params string[] options) => _plane.RunAsync(["apply", "-f", "-", "--no-wait", .. options], yaml);
}
