using Browser.Tests.Stage;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Every page, in light and dark, wide and narrow, is held against axe-core's rules; a picture of each is kept to be looked at.</summary>
public class AccessibilityTests(BrowserStage stage)
{
    public static readonly TheoryData<string, string> Pages = new()
    {
        { "overview", "/" },
        { "clusters", "/clusters" },
        { "cluster", "/clusters/eu-cloud" },
        { "workloads", "/workloads" },
        { "workloads-filtered", "/workloads?state=ready&q=stage" },
        { "workloads-none", "/workloads?q=nothing-has-this-name" },
        { "workload", "/workloads/default/web" },
        { "workload-pending", "/workloads/default/large" },
        { "logs", "/workloads/default/markup/logs" },
        { "routes", "/routes" },
        { "events", "/events" },
        { "tenants", "/tenants" },
        { "not-found", "/workloads/default/absent" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_InLightAndDarkWideAndNarrow_BreaksNoRuleAndRunsNoForeignScript(string name, string path)
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync(path);
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await visitor.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            Assert.Empty(await visitor.ViolationsAsync());
            await visitor.PictureAsync($"{name}-{scheme.ToString().ToLowerInvariant()}");
        }
        await visitor.Page.SetViewportSizeAsync(360, 740);
        Assert.True(await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 360, $"{path} is wider than the screen");
        Assert.Empty(await visitor.ViolationsAsync());
        await visitor.PictureAsync($"{name}-narrow");
        Assert.Empty(visitor.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task SignIn_WithAndWithoutARefusal_BreaksNoRule(ColorScheme scheme)
    {
        await using Visitor visitor = await stage.VisitAsync(scheme);
        await visitor.Page.GotoAsync("/");
        Assert.Empty(await visitor.ViolationsAsync());
        await visitor.PictureAsync($"sign-in-{scheme.ToString().ToLowerInvariant()}");
        await visitor.SignInAsync("default.nobody", "wrong");
        await visitor.Page.Locator("#refusal").WaitForAsync();
        Assert.Empty(await visitor.ViolationsAsync());
        await visitor.PictureAsync($"sign-in-refused-{scheme.ToString().ToLowerInvariant()}");
        Assert.Empty(visitor.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Help_AndTheAccountsMenu_Open_BreakNoRule(ColorScheme scheme)
    {
        await using Visitor visitor = await stage.EnterAsync(scheme);
        await visitor.OpenAsync("/");
        await visitor.Page.ClickAsync(".account summary");
        Assert.Empty(await visitor.ViolationsAsync());
        await visitor.Page.ClickAsync("[data-help]");
        await visitor.Page.Locator("#help[open]").WaitForAsync();
        Assert.Empty(await visitor.ViolationsAsync());
        await visitor.PictureAsync($"help-{scheme.ToString().ToLowerInvariant()}");
    }
}
