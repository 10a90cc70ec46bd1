using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Browser.Tests.Stage;

/// <summary>Somebody at a browser of their own.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly AxeRules _axe;
    private readonly ConcurrentQueue<string> _complaints = new();

    public Visitor(IPage page, BrowserStage stage, AxeRules axe)
    {
        Page = page;
        Stage = stage;
        _axe = axe;
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            // What the server refuses is told by the page itself.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _complaints.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    public BrowserStage Stage { get; }

    /// <summary>Errors of scripts, and what the content security policy refused.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public async Task SignInAsync(string clientId, string clientSecret)
    {
        await Page.GotoAsync("/sign-in");
        await Page.FillAsync("#clientId", clientId);
        await Page.FillAsync("#clientSecret", clientSecret);
        await Page.ClickAsync("main button[type=submit]");
    }

    /// <summary>Goes to a page and waits until it is live.</summary>
    public async Task<IResponse> OpenAsync(string path)
    {
        IResponse response = (await Page.GotoAsync(path))!;
        // What a slow plane had not told yet is drawn as a page that lives, which may turn into one that tells of nothing and does not.
        if (response.Status == 200) await Page.Locator("#connection[data-state=live], body:not([data-live-page])").First.WaitForAsync();
        return response;
    }

    public Task<IReadOnlyList<string>> ViolationsAsync() => _axe.ViolationsAsync(Page);

    public Task<string> TextAsync() => Page.InnerTextAsync("main");

    public Task PictureAsync(string name) =>
        Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
