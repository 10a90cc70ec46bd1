using System.Net;
using Federation.Adapters.Kubernetes.Client.Connecting;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Proxies of the environment: what Go's golang.org/x/net/http/httpproxy, and so kubectl, makes of the same variables.</summary>
public sealed class EnvironmentProxyTests
{
    // The list with which Go tests its own rules, and what it holds of each host.
    private const string OfGo =
        "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64";

    [Theory]
    [InlineData("127.0.0.1:8080", "http://127.0.0.1:8080/")]
    [InlineData("cache.corp.example.com:1234", "http://cache.corp.example.com:1234/")]
    [InlineData("localhost", "http://localhost/")]
    [InlineData("https://cache.corp.example.com", "https://cache.corp.example.com/")]
    [InlineData("HTTP://cache.corp.example.com:3128/", "http://cache.corp.example.com:3128/")]
    [InlineData("socks5://127.0.0.1", "socks5://127.0.0.1:1080/")]
    [InlineData("socks5h://127.0.0.1:1081", "socks5://127.0.0.1:1081/")]
    [InlineData("[fd00::7]:3128", "http://[fd00::7]:3128/")]
    [InlineData("http://[fd00::7]", "http://[fd00::7]/")]
    [InlineData("foo://host:1", "http://foo/")]
    [InlineData("a b", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void For_AnAddress_ReadsItAsGoDoes(string? text, string? proxy)
    {
        Assert.Equal(proxy, Choose("https://cluster.example:6443", ("HTTPS_PROXY", text))?.ToString());
        Assert.Equal(proxy, Choose("http://cluster.example:8080", ("HTTP_PROXY", text))?.ToString());
    }

    [Fact]
    public void For_Variables_AreTakenBySchemeAndCapitalsFirst()
    {
        Assert.Equal("http://secure/", Choose("https://a.example", ("HTTP_PROXY", "plain"), ("HTTPS_PROXY", "secure"))?.ToString());
        Assert.Equal("http://plain/", Choose("http://a.example", ("HTTP_PROXY", "plain"), ("HTTPS_PROXY", "secure"))?.ToString());
        Assert.Null(Choose("https://a.example", ("HTTP_PROXY", "plain"), ("ALL_PROXY", "all")));
        Assert.Equal("http://capital/", Choose("https://a.example", ("HTTPS_PROXY", "capital"), ("https_proxy", "small"))?.ToString());
        Assert.Equal("http://small/", Choose("https://a.example", ("HTTPS_PROXY", ""), ("https_proxy", "small"))?.ToString());
        Assert.Equal("http://small/", Choose("http://a.example", ("http_proxy", "small"))?.ToString());
        Assert.Null(Choose("https://a.example", ("https_proxy", "small"), ("no_proxy", "a.example")));
        Assert.NotNull(Choose("https://a.example", ("https_proxy", "small"), ("no_proxy", "a.example"), ("NO_PROXY", "b.example")));
    }

    [Theory]
    [InlineData("http://name:pass%20w%40rd@proxy.example:3128", "name", "pass w@rd")]
    [InlineData("name:pa:ss@proxy.example:3128", "name", "pa:ss")]
    [InlineData("name:pa@ss@proxy.example:3128", "name", "pa@ss")]
    [InlineData("name@proxy.example:3128", "name", "")]
    [InlineData("proxy.example:3128", null, null)]
    public void For_AnAddressWithAPassword_KeepsItOutOfTheAddress(string text, string? name, string? password)
    {
        WebProxy proxy = EnvironmentProxy.For(new Uri("https://cluster.example"), variable => variable == "HTTPS_PROXY" ? text : null)!;
        Assert.Equal("http://proxy.example:3128/", proxy.Address!.ToString());
        NetworkCredential? credential = proxy.Credentials?.GetCredential(proxy.Address, "Basic");
        Assert.Equal((name, password), (credential?.UserName, credential?.Password));
    }

    [Theory]
    [InlineData("http://name:hunter2/@proxy.example:3128")]
    [InlineData("name:hunter2/@proxy.example:3128")]
    [InlineData("name:hunter2#@proxy.example:3128")]
    [InlineData("http://proxy.example/?password=hunter2")]
    public void For_AnAddressThatIsWrittenWrongly_KeepsThePasswordOutOfIt(string text) =>
        Assert.DoesNotContain("hunter2", Choose("https://cluster.example", ("HTTPS_PROXY", text))?.ToString() ?? "", StringComparison.Ordinal);

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("LOCALHOST", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.2", false)]
    [InlineData("[::1]", false)]
    [InlineData("[::ffff:127.0.0.1]", false)]
    [InlineData("[::2]", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("[::ffff:192.168.1.1]", false)]
    [InlineData("192.168.1.2", true)]
    [InlineData("192.168.1.3", false)]
    [InlineData("192.168.1.4", true)]
    [InlineData("10.0.0.2", false)]
    [InlineData("10.0.0.4", true)]
    [InlineData("[2001:db8::52:0:1]", false)]
    [InlineData("[2001:db8::52:0:2]", true)]
    [InlineData("[2001:db8::52:0:3]", false)]
    [InlineData("[2002:db8:a::123]", false)]
    [InlineData("[fe80::424b:c8be:1643:a1b6]", true)]
    [InlineData("barbaz.net", true)]
    [InlineData("www.barbaz.net", false)]
    [InlineData("foobar.com", false)]
    [InlineData("www.foobar.com", false)]
    [InlineData("WWW.FooBar.com", false)]
    [InlineData("foofoobar.com", true)]
    [InlineData("baz.com", true)]
    [InlineData("localhost.net", true)]
    [InlineData("local.localhost", true)]
    [InlineData("barbarbaz.net", true)]
    [InlineData("wildcard.io", true)]
    [InlineData("nested.wildcard.io", false)]
    [InlineData("awildcard.io", true)]
    public void For_AHost_IsExemptAsInGosOwnTable(string host, bool proxied)
    {
        Assert.Equal(proxied, Choose($"http://{host}:80", ("HTTP_PROXY", "proxy"), ("NO_PROXY", OfGo)) is not null);
        Assert.Null(Choose($"http://{host}:80", ("HTTP_PROXY", "proxy"), ("NO_PROXY", "a.example, *")));
    }

    [Theory]
    [InlineData("cluster.example:6443", "cluster.example:6443", false)]
    [InlineData("cluster.example:6443", "cluster.example:443", true)]
    [InlineData("cluster.example", "cluster.example:443", false)]
    [InlineData("a.cluster.example", "Cluster.Example:443", false)]
    [InlineData("a.cluster.example", "cluster.example:", false)]
    [InlineData("cluster.example", ":443", true)]
    [InlineData("cluster.example", ",, ,", true)]
    [InlineData("10.96.0.1:443", "10.0.0.0/8", false)]
    [InlineData("10.96.0.1:443", "10.96.3.4/8", false)]
    [InlineData("10.96.0.1:443", "0.0.0.0/0", false)]
    [InlineData("10.96.0.1:443", "::/0", true)]
    [InlineData("10.96.0.1:443", "10.96.0.2/31", true)]
    [InlineData("10.96.0.1:443", "10.96.0.0/31", false)]
    [InlineData("10.96.0.1:443", "10.96.0.0/33", true)]
    [InlineData("10.96.0.1:443", "10.96.0.0/-1", true)]
    [InlineData("10.96.0.1:443", "10.0.0.0/8:443", true)]
    [InlineData("10.96.0.1:443", "::ffff:10.96.0.1", false)]
    [InlineData("10.96.0.1:443", ".96.0.1", true)]
    // .NET would read these as addresses, Go does not.
    [InlineData("0.0.0.10", "10", true)]
    [InlineData("10.0.0.1", "10.1", true)]
    [InlineData("10.0.0.1", "010.0.0.1", true)]
    [InlineData("[fd00::1]:6443", "fd00::1", false)]
    [InlineData("[fd00::1]:6443", "[fd00::1]:6443", false)]
    [InlineData("[fd00::1]:6443", "[fd00::1]:443", true)]
    [InlineData("[fd00::1]:6443", "[fd00::1]", true)]
    [InlineData("[fd00::1]:6443", "fd00::/7", false)]
    // A zone is no name.
    [InlineData("[fe80::1%25.example.com]:6443", "example.com", true)]
    [InlineData("[fe80::1%25eth0]:6443", "fe80::/10", false)]
    [InlineData("www.示例.com", ".示例.com", false)]
    [InlineData("www.示例.com", "xn--fsq092h.com", false)]
    [InlineData("www.xn--fsq092h.com", "示例.com", false)]
    public void For_AServer_IsExemptByPortRangeAndName(string server, string exemptions, bool proxied) =>
        Assert.Equal(proxied, Choose($"https://{server}", ("HTTPS_PROXY", "proxy"), ("NO_PROXY", exemptions)) is not null);

    private static Uri? Choose(string server, params (string Name, string? Value)[] environment) =>
        EnvironmentProxy.For(new Uri(server), name => environment.FirstOrDefault(variable => variable.Name == name).Value)?.Address;
}
