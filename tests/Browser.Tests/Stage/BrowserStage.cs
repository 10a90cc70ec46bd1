using Browser.Tests.Stage;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;
using Federation.TestKit.Machine;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserStage))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Browser.Tests.Stage;

/// <summary>The real plane with something to look at, and Chromium to look with. Where Chromium or npm is absent, the tests are skipped and say so.</summary>
public sealed class BrowserStage : IAsyncLifetime
{
    /// <summary>Markup that would run, were it ever taken for markup.</summary>
    public const string Hostile = "<img src=x onerror=\"window.hit=1\"><script>window.hit=2</script>";

    private const string Chromium = "/usr/bin/chromium";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly PlaneTurn _turn = new();
    private readonly AppHostProcess _host = new();
    private readonly AxeRules _axe = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;
    private string? _session;

    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    internal FederationClient Plane { get; private set; } = null!;

    internal ClientContext Administrator { get; private set; } = null!;

    internal ServiceAccountReply Viewer { get; private set; } = null!;

    public Uri Site => _host.Site;

    public async ValueTask InitializeAsync()
    {
        _missing = File.Exists(Chromium) ? await _axe.InstallAsync() : "Chromium is not installed: apt-get install -y chromium";
        if (_missing is not null) return;
        await _turn.InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        await _host.StartAsync();
        Administrator = _host.Administrator;
        Plane = FederationClient.Create(Administrator);
        Viewer = await Plane.CreateServiceAccountAsync(new ServiceAccountRequest("onlooker", "viewer"));
        foreach (Resource resource in World()) await Plane.ApplyAsync(resource);
        await UntilAsync("the workloads are ready", async () =>
            (await Plane.ListAsync<Workload>()).Items.Count(workload => workload.Status?.Phase == "Ready") >= 2);
    }

    /// <summary>A new visitor, who has not signed in.</summary>
    internal Task<Visitor> VisitAsync(ColorScheme scheme = ColorScheme.Light) => VisitAsync(scheme, scripts: true, session: null);

    private async Task<Visitor> VisitAsync(ColorScheme scheme, bool scripts, string? session)
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Site.AbsoluteUri,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = 1360, Height = 900 },
            JavaScriptEnabled = scripts,
            StorageState = session,
        });
        // Only a hang reaches it, however slow the machine.
        context.SetDefaultTimeout(60_000);
        return new Visitor(await context.NewPageAsync(), this, _axe);
    }

    /// <summary>A visitor who has signed in as the administrator: the first through the form, those after it with what that got.</summary>
    internal async Task<Visitor> EnterAsync(ColorScheme scheme = ColorScheme.Light, bool scripts = true)
    {
        Visitor visitor = await VisitAsync(scheme, scripts, _session);
        if (_session is null)
        {
            await visitor.SignInAsync(Administrator.ClientId!, Administrator.ClientSecret!);
            await visitor.Page.WaitForURLAsync(Site.AbsoluteUri);
            _session = await visitor.Page.Context.StorageStateAsync();
        }
        return visitor;
    }

    /// <summary>A command to AppHost: <c>power-off us-cloud</c>.</summary>
    internal Task CommandAsync(params string[] words) => _host.CommandAsync(words);

    internal static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) Assert.Fail($"not within {Patience.TotalSeconds:0} s: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        Plane?.Dispose();
        _axe.Dispose();
        await _host.DisposeAsync();
        await _turn.DisposeAsync();
    }

    private static IEnumerable<Resource> World()
    {
        yield return Program("web", 3, "federation-sample", ["web"], new Dictionary<string, string> { ["VERSION"] = "1" }, new HealthCheck { Http = new HttpCheck { Path = "/healthz" } });
        yield return new Route { Metadata = new ResourceMetadata { Name = "web" }, Spec = new RouteSpec { Host = "web.localhost", Workload = "web" } };
        yield return Program("markup", 1, "sh", ["-c", $"while :; do echo '{Hostile}'; sleep 1; done"], new Dictionary<string, string> { ["NOTE"] = Hostile }, null);
        // More than any node has: pending for good, with a reason.
        Workload large = Program("large", 2, "sleep", ["1000"], null, null);
        yield return large with { Spec = large.Spec with { Template = large.Spec.Template with { Resources = new ResourceRequirements { Cpu = new CpuMillis(64_000) } } } };
    }

    private static Workload Program(string name, int replicas, string command, string[] arguments, Dictionary<string, string>? environment, HealthCheck? check) => new()
    {
        Metadata = new ResourceMetadata { Name = name, Labels = new Dictionary<string, string> { ["app"] = "stage" }, Annotations = new Dictionary<string, string> { ["note"] = Hostile } },
        Spec = new WorkloadSpec
        {
            Replicas = replicas,
            Template = new WorkloadTemplate
            {
                Process = new ProcessTemplate { Command = command, Arguments = arguments },
                Environment = environment,
                Ports = check is null ? null : [new PortTemplate { Name = "http" }],
                HealthCheck = check,
                DrainSeconds = 0,
                StopGraceSeconds = 1,
            },
        },
    };
}
