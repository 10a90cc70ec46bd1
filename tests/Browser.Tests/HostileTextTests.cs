using Browser.Tests.Stage;

namespace Browser.Tests;

/// <summary>What users wrote is shown, never run.</summary>
public class HostileTextTests(BrowserStage stage)
{
    [Fact]
    public async Task AnnotationsEnvironmentAndCommands_WithMarkup_AreShownAsText()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/workloads/default/markup");
        string text = await visitor.TextAsync();
        Assert.Contains($"note={BrowserStage.Hostile}", text, StringComparison.Ordinal);
        Assert.Contains($"NOTE={BrowserStage.Hostile}", text, StringComparison.Ordinal);
        Assert.Contains($"echo '{BrowserStage.Hostile}'", text, StringComparison.Ordinal);
        await AssertNothingRanAsync(visitor);
    }

    [Fact]
    public async Task LogLines_WithMarkup_AreShownAsText_AndCanBeFiltered()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/workloads/default/markup/logs");
        await visitor.Page.Locator("#log .line .text").First.WaitForAsync();
        Assert.Equal(BrowserStage.Hostile, await visitor.Page.Locator("#log .line .text").First.InnerTextAsync());
        await AssertNothingRanAsync(visitor);
        int before = await visitor.Page.Locator("#log .line").CountAsync();
        await BrowserStage.UntilAsync("more lines come", async () => await visitor.Page.Locator("#log .line").CountAsync() > before);
        await visitor.Page.FillAsync("#log-filter", "no line holds this");
        Assert.Equal(0, await visitor.Page.Locator("#log .line:not([hidden])").CountAsync());
    }

    [Theory]
    [InlineData("/workloads?q=")]
    [InlineData("/events?q=")]
    [InlineData("/routes?q=")]
    [InlineData("/workloads?namespace=")]
    [InlineData("/clusters/")]
    [InlineData("/sign-in?to=/")]
    public async Task Addresses_WithMarkup_AreShownAsText(string path)
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.Page.GotoAsync(path + Uri.EscapeDataString("\">" + BrowserStage.Hostile));
        await AssertNothingRanAsync(visitor);
    }

    private static async Task AssertNothingRanAsync(Visitor visitor)
    {
        Assert.Equal(0, await visitor.Page.Locator("img").CountAsync());
        Assert.True(await visitor.Page.EvaluateAsync<bool>("window.hit === undefined"));
        Assert.Empty(visitor.Complaints);
    }
}
