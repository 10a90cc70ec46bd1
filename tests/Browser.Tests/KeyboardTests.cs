using Browser.Tests.Stage;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Everything can be reached without a mouse.</summary>
public class KeyboardTests(BrowserStage stage)
{
    [Fact]
    public async Task Keys_LeadEverywhere()
    {
        await using Visitor visitor = await stage.EnterAsync();
        IPage page = visitor.Page;
        await visitor.OpenAsync("/");

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedTextAsync(page));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await page.EvaluateAsync<string>("document.activeElement.id"));

        await page.Keyboard.PressAsync("?");
        await page.Locator("#help[open]").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("#help:not([open])").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

        await PressUntilAsync(page, "**/workloads", "g", "w");
        await page.Locator("#connection[data-state=live]").WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        Assert.Equal("default/large", await FocusedTextAsync(page));
        await PressUntilAsync(page, "**/workloads/default/large", "Enter");
        await page.Locator("#connection[data-state=live]").WaitForAsync();

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("mark");
        await PressUntilAsync(page, "**/workloads?q=mark", "Enter");
        Assert.Contains("default/markup", await visitor.TextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("default/web", await visitor.TextAsync(), StringComparison.Ordinal);
    }

    // The second of two keys counts for a moment after the first: a machine that is busy may be too late, and a person presses again.
    private static async Task PressUntilAsync(IPage page, string url, params string[] keys)
    {
        for (int tries = 0; ; tries++)
        {
            foreach (string key in keys) await page.Keyboard.PressAsync(key);
            try
            {
                await page.WaitForURLAsync(url, new PageWaitForURLOptions { Timeout = 10_000, WaitUntil = WaitUntilState.DOMContentLoaded });
                return;
            }
            catch (TimeoutException) when (tries < 5)
            {
                continue;
            }
        }
    }

    [Fact]
    public async Task Focus_IsAlwaysVisible()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/clusters/edge");
        for (int stop = 0; stop < 40; stop++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            // Behind the last stop is the browser's own frame.
            if (await visitor.Page.EvaluateAsync<bool>("document.activeElement === document.body")) break;
            string outline = await visitor.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle");
            Assert.True(outline != "none", $"the focus is not seen on {await visitor.Page.EvaluateAsync<string>("document.activeElement.outerHTML.slice(0, 120)")}");
        }
    }

    [Fact]
    public async Task Focus_WhileThePageChanges_StaysWhereItIs()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/workloads");
        await visitor.Page.FocusAsync("tbody a[href='/workloads/default/web']");
        await stage.Plane.ScaleAsync("web", 4, ct: TestContext.Current.CancellationToken);
        await visitor.Page.Locator("tr", new PageLocatorOptions { HasText = "default/web" }).Locator("td", new LocatorLocatorOptions { HasText = "4 of 4" }).WaitForAsync();
        Assert.Equal("default/web", await FocusedTextAsync(visitor.Page));
    }

    private static Task<string> FocusedTextAsync(IPage page) => page.EvaluateAsync<string>("document.activeElement.textContent.trim()");
}
