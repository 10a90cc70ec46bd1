using Browser.Tests.Stage;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Pages follow the plane.</summary>
public class LivePageTests(BrowserStage stage)
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task LostCluster_IsShownWithinTwoSecondsOfThePlaneKnowing()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/");
        await visitor.Page.Locator("#cluster-us-cloud .status.good").WaitForAsync();
        // The page notes by itself when it shows the loss: the test's own way to it is not counted.
        await visitor.Page.EvaluateAsync("""
            () => { window.shown = new Promise(done => new MutationObserver(() => {
                if (document.querySelector('#cluster-us-cloud .status.bad')) done(Date.now());
            }).observe(document.getElementById('clusters'), { subtree: true, childList: true, attributes: true, characterData: true })); }
            """);
        try
        {
            await stage.CommandAsync("power-off", "us-cloud");
            await BrowserStage.UntilAsync("the plane knows that us-cloud is lost", async () => await StateAsync() == VerdictState.NotReady);
            DateTimeOffset known = TimeProvider.System.GetUtcNow();
            double shown = await visitor.Page.EvaluateAsync<double>("window.shown");
            TimeSpan late = DateTimeOffset.FromUnixTimeMilliseconds((long)shown) - known;
            TestContext.Current.TestOutputHelper?.WriteLine($"shown {late.TotalMilliseconds:0} ms after the plane knew");
            Assert.True(late < Promise, $"the loss was shown {late.TotalMilliseconds:0} ms after the plane knew of it");

            Assert.Contains("us-cloud", await visitor.Page.InnerTextAsync("#problems"), StringComparison.Ordinal);
            await BrowserStage.UntilAsync("screen readers are told", async () =>
                (await visitor.Page.TextContentAsync("#announcer"))!.Contains("Cluster us-cloud", StringComparison.Ordinal));
            Assert.Empty(await visitor.ViolationsAsync());
            await visitor.PictureAsync("overview-lost-light");
            await visitor.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
            Assert.Empty(await visitor.ViolationsAsync());
            await visitor.PictureAsync("overview-lost-dark");
            await visitor.OpenAsync("/clusters/us-cloud");
            Assert.Empty(await visitor.ViolationsAsync());
            await visitor.PictureAsync("cluster-lost-dark");
        }
        finally
        {
            await stage.CommandAsync("start", "us-cloud");
            await BrowserStage.UntilAsync("us-cloud is back", async () => await StateAsync() == VerdictState.Ready);
        }
        await visitor.Page.Locator("#cluster .standing .status.good").WaitForAsync();
    }

    [Fact]
    public async Task Scale_FromThePage_IsCarriedOutAndSeen()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/workloads/default/web");
        await visitor.Page.FillAsync("input[name=replicas]", "2");
        await visitor.Page.ClickAsync("text=Scale");
        await visitor.Page.Locator(".said", new PageLocatorOptions { HasText = "default/web is to have 2 replicas." }).WaitForAsync();
        await visitor.Page.Locator("#workload .totals dd", new PageLocatorOptions { HasText = "2of 2" }).WaitForAsync();
        await visitor.PictureAsync("workload-scaled-light");
        await visitor.Page.ReloadAsync();
        Assert.Equal(0, await visitor.Page.Locator(".said").CountAsync());
    }

    [Fact]
    public async Task Cordon_FromThePage_IsCarriedOutAndTakenBack()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/clusters/edge");
        await visitor.Page.ClickAsync("button:text-is('Cordon')");
        await visitor.Page.Locator("#cluster .standing", new PageLocatorOptions { HasText = "Cordoned" }).WaitForAsync();
        Assert.True((await stage.Plane.GetAsync<Cluster>("edge", ct: TestContext.Current.CancellationToken)).Spec.Cordoned);
        await visitor.OpenAsync("/clusters/edge");
        await visitor.Page.ClickAsync("button:text-is('Uncordon')");
        await visitor.Page.Locator("#cluster .standing .status.good").WaitForAsync();
        Assert.False((await stage.Plane.GetAsync<Cluster>("edge", ct: TestContext.Current.CancellationToken)).Spec.Cordoned);
    }

    [Fact]
    public async Task PlaneAway_ThePageSaysSoKeepsWhatItKnewAndGoesOn()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/clusters");
        await stage.CommandAsync("stop", "placement");
        try
        {
            await visitor.Page.Locator("#plane .notice", new PageLocatorOptions { HasText = "The plane does not answer." }).WaitForAsync();
            Assert.Contains("eu-cloud", await visitor.Page.InnerTextAsync("#clusters"), StringComparison.Ordinal);
            Assert.Empty(await visitor.ViolationsAsync());
            await visitor.PictureAsync("clusters-away-light");
        }
        finally
        {
            await stage.CommandAsync("start", "placement");
        }
        await visitor.Page.Locator("#plane .notice").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task Theme_Chosen_HoldsOnTheNextPage()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/");
        string light = await GroundAsync(visitor);
        await visitor.Page.ClickAsync("form.theme button[value=dark]");
        await visitor.Page.Locator("html[data-theme=dark]").WaitForAsync();
        Assert.NotEqual(light, await GroundAsync(visitor));
        await visitor.OpenAsync("/events");
        Assert.Equal("dark", await visitor.Page.GetAttributeAsync("html", "data-theme"));
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task Pages_WithoutScripts_ShowAndChangeTheSame()
    {
        await using Visitor visitor = await stage.EnterAsync(scripts: false);
        await visitor.Page.GotoAsync("/");
        Assert.Contains("eu-cloud", await visitor.TextAsync(), StringComparison.Ordinal);
        await visitor.Page.ClickAsync("form.theme button[value=dark]");
        Assert.Equal("dark", await visitor.Page.GetAttributeAsync("html", "data-theme"));
        await visitor.Page.GotoAsync("/workloads/default/markup/logs?plain=1");
        Assert.Contains(BrowserStage.Hostile, await visitor.Page.InnerTextAsync("#log"), StringComparison.Ordinal);
    }

    private async Task<VerdictState?> StateAsync() => (await stage.Plane.GetAsync<Cluster>("us-cloud", ct: TestContext.Current.CancellationToken)).Status?.State;

    private static Task<string> GroundAsync(Visitor visitor) => visitor.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
