using System.Net;
using Browser.Tests.Stage;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Who comes in, and what the browser is trusted with.</summary>
public class SessionTests(BrowserStage stage)
{
    [Fact]
    public async Task SignIn_AWrongSecret_IsRefusedAndTheIdStays()
    {
        await using Visitor visitor = await stage.VisitAsync();
        await visitor.SignInAsync(stage.Administrator.ClientId!, "wrong");
        await visitor.Page.Locator("#refusal").WaitForAsync();
        Assert.Equal("There is no such account, or its secret is another.", await visitor.Page.InnerTextAsync("#refusal"));
        Assert.Equal(stage.Administrator.ClientId, await visitor.Page.InputValueAsync("#clientId"));
        Assert.Equal("", await visitor.Page.InputValueAsync("#clientSecret"));
        Assert.DoesNotContain(await visitor.Page.Context.CookiesAsync(), cookie => cookie.Name == "federation-session");
    }

    [Fact]
    public async Task SignIn_FromAPage_LeadsBackToIt()
    {
        await using Visitor visitor = await stage.VisitAsync();
        await visitor.Page.GotoAsync("/workloads?q=web");
        await visitor.Page.FillAsync("#clientId", stage.Administrator.ClientId!);
        await visitor.Page.FillAsync("#clientSecret", stage.Administrator.ClientSecret!);
        await visitor.Page.ClickAsync("main button[type=submit]");
        await visitor.Page.WaitForURLAsync("**/workloads?q=web");
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    public async Task SignIn_WantingAnotherSite_StaysHere(string to)
    {
        await using Visitor visitor = await stage.VisitAsync();
        await visitor.Page.GotoAsync("/sign-in?to=" + Uri.EscapeDataString(to));
        await visitor.Page.FillAsync("#clientId", stage.Administrator.ClientId!);
        await visitor.Page.FillAsync("#clientSecret", stage.Administrator.ClientSecret!);
        await visitor.Page.ClickAsync("main button[type=submit]");
        await visitor.Page.WaitForURLAsync(stage.Site.AbsoluteUri);
    }

    [Fact]
    public async Task Session_IsASealedCookie_AndEndsWithSigningOut()
    {
        await using Visitor visitor = await stage.EnterAsync();
        BrowserContextCookiesResult cookie = Assert.Single(await visitor.Page.Context.CookiesAsync(), cookie => cookie.Name == "federation-session");
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        byte[] content = Convert.FromBase64String(Uri.UnescapeDataString(cookie.Value));
        Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(stage.Administrator.ClientSecret!)));

        await visitor.OpenAsync("/");
        await visitor.Page.ClickAsync(".account summary");
        await visitor.Page.ClickAsync("text=Sign out");
        await visitor.Page.WaitForURLAsync("**/sign-in");
        await visitor.Page.GotoAsync("/clusters");
        Assert.Contains("/sign-in", visitor.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_SeesNoButtonThatWrites_AndIsRefusedByThePlane()
    {
        await using Visitor visitor = await stage.VisitAsync();
        await visitor.SignInAsync(stage.Viewer.ClientId, stage.Viewer.ClientSecret);
        foreach (string path in new[] { "/", "/clusters/eu-cloud", "/workloads/default/web", "/tenants" })
        {
            await visitor.OpenAsync(path);
            Assert.Equal(0, await visitor.Page.Locator("main form[method=post]").CountAsync());
            Assert.Empty(await visitor.ViolationsAsync());
        }
        // A form of one's own making, with a token that holds: what a role may is the plane's to say.
        string token = await visitor.Page.Locator("form.theme input[type=hidden]").First.InputValueAsync();
        string field = (await visitor.Page.Locator("form.theme input[type=hidden]").First.GetAttributeAsync("name"))!;
        IAPIResponse answer = await visitor.Page.APIRequest.PostAsync("/workloads/default/web/scale", new APIRequestContextOptions
        {
            Form = visitor.Page.APIRequest.CreateFormData().Append(field, token).Append("replicas", "0"),
        });
        Assert.Contains("Refused: ", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.NotEqual(0, (await stage.Plane.GetAsync<Federation.Domain.Workloads.Workload>("web", ct: TestContext.Current.CancellationToken)).Spec.Replicas);
    }

    [Fact]
    public async Task Form_WithoutItsToken_ChangesNothing()
    {
        await using Visitor visitor = await stage.EnterAsync();
        IAPIResponse answer = await visitor.Page.APIRequest.PostAsync("/clusters/edge/cordon", new APIRequestContextOptions { Form = visitor.Page.APIRequest.CreateFormData().Append("nothing", "1") });
        Assert.Equal(400, answer.Status);
        Assert.False((await stage.Plane.GetAsync<Federation.Domain.Clusters.Cluster>("edge", ct: TestContext.Current.CancellationToken)).Spec.Cordoned);
    }

    [Fact]
    public async Task Answers_TellTheBrowserWhatToRefuse()
    {
        await using Visitor visitor = await stage.EnterAsync();
        IResponse answer = await visitor.OpenAsync("/");
        string policy = (await answer.HeaderValueAsync("content-security-policy"))!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("DENY", await answer.HeaderValueAsync("x-frame-options"));
        Assert.Equal("nosniff", await answer.HeaderValueAsync("x-content-type-options"));
        Assert.Equal("no-store", await answer.HeaderValueAsync("cache-control"));
    }

    [Fact]
    public async Task Stream_WithoutASession_IsRefused()
    {
        await using Visitor visitor = await stage.VisitAsync();
        IAPIResponse answer = await visitor.Page.APIRequest.GetAsync("/clusters", new APIRequestContextOptions { Headers = [new("Accept", "text/event-stream")], MaxRedirects = 0 });
        Assert.Equal((int)HttpStatusCode.Unauthorized, answer.Status);
    }

    [Fact]
    public async Task Tenant_LookedAt_IsChangedByThePlatformsAdministrator()
    {
        await using Visitor visitor = await stage.EnterAsync();
        await visitor.OpenAsync("/tenants");
        await visitor.Page.ClickAsync("text=Look at system");
        await visitor.Page.Locator(".account .muted", new PageLocatorOptions { HasText = "system" }).First.WaitForAsync();
        await visitor.OpenAsync("/workloads");
        Assert.Contains("Nothing runs in this tenant", await visitor.TextAsync(), StringComparison.Ordinal);
    }
}
