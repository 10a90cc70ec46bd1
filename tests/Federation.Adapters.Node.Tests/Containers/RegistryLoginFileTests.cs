using System.Text;
using Federation.Adapters.Images;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>Files as <c>docker login</c> and <c>kubectl create secret docker-registry</c> write them, and which login of them is taken.</summary>
public sealed class RegistryLoginFileTests
{
    // "user:pass", as both write it.
    private const string Auth = "dXNlcjpwYXNz";

    [Theory]
    [InlineData("registry.example.com", "registry.example.com", "shop/api", true)]
    [InlineData("https://registry.example.com", "registry.example.com", "shop/api", true)]
    [InlineData("https://registry.example.com/v2/", "registry.example.com", "shop/api", true)]
    [InlineData("registry.example.com:5000", "registry.example.com", "shop/api", false)]
    [InlineData("registry.example.com:5000", "registry.example.com:5000", "shop/api", true)]
    [InlineData("*.example.com", "registry.example.com", "shop/api", true)]
    [InlineData("*.example.com", "example.com", "shop/api", false)]
    [InlineData("*.com", "registry.example.com", "shop/api", false)]
    [InlineData("registry.example.com/shop", "registry.example.com", "shop/api", true)]
    [InlineData("registry.example.com/sho", "registry.example.com", "shop/api", false)]
    [InlineData("registry.example.com/other", "registry.example.com", "shop/api", false)]
    [InlineData("https://index.docker.io/v1/", "docker.io", "nginx", true)]
    [InlineData("docker.io", "docker.io", "nginx", true)]
    [InlineData("https://index.docker.io/v1/", "index.docker.io", "acme/app", true)]
    [InlineData("https://index.docker.io/v1/", "registry.example.com", "nginx", false)]
    public void Name_OfALogin_LeadsToItsRegistryAndPath(string name, string registry, string path, bool leads) =>
        Assert.Equal(leads, Find($$$$"""{"auths":{"{{{{name}}}}":{"auth":"{{{{Auth}}}}"}}}""", registry, path) is { UserName: "user", Password: "pass" });

    [Fact]
    public void Login_WithTheLongestPath_IsTaken()
    {
        const string file = """{"auths":{"r.io":{"username":"a","password":"1"},"r.io/shop/api":{"username":"c","password":"3"},"r.io/shop":{"username":"b","password":"2"}}}""";
        Assert.Equal("c", Find(file, "r.io", "shop/api")!.UserName);
        Assert.Equal("b", Find(file, "r.io", "shop/web")!.UserName);
        Assert.Equal("a", Find(file, "r.io", "other")!.UserName);
    }

    [Fact]
    public void Forms_ThatAreInUse_AreRead()
    {
        // .dockercfg of old.
        Assert.Equal(("user", "pass"), Pair(Find($$$"""{"r.io":{"auth":"{{{Auth}}}","email":"a@b.c"}}""")));
        // As some write it, without its padding.
        Assert.Equal(("a", "b"), Pair(Find("""{"auths":{"r.io":{"auth":"YTpi"}}}""")));
        Assert.Equal(("ab", "c"), Pair(Find("""{"auths":{"r.io":{"auth":"YWI6Yw"}}}""")));
        // A password with colons.
        Assert.Equal(("u", "a:b:c"), Pair(Find($$$$"""{"auths":{"r.io":{"auth":"{{{{Convert.ToBase64String("u:a:b:c"u8)}}}}"}}}""")));
        Assert.Equal("token", Find("""{"auths":{"r.io":{"auth":"","identitytoken":"token"}}}""")!.IdentityToken);
        // What a credential helper keeps is not here.
        Assert.Null(Find("""{"auths":{"r.io":{}},"credsStore":"desktop"}"""));
        Assert.Null(Find("{}"));
        Assert.Null(Find("""{"credsStore":"desktop","HttpHeaders":{"User-Agent":"x"}}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"secret\"")]
    [InlineData("{\"auths\":[]}")]
    [InlineData("{\"auths\":{\"r.io\":{\"auth\":\"se cret\"}}}")]
    [InlineData("{\"auths\":{\"r.io\":{\"auth\":\"c2VjcmV0\"}}}")]
    [InlineData("{\"auths\":{\"r.io\":{\"auth\":7}}}")]
    public void File_ThatIsNone_IsRefusedWithoutItsContent(string content) =>
        Assert.Equal("it is no file as 'docker login' writes it", Assert.Throws<FormatException>(() => Find(content)).Message);

    [Fact]
    public void Key_OfASecret_IsOneOfTheUsualOnes_OrTheOnlyOne()
    {
        Assert.Equal("config.json", PullSecrets.KeyOf(["ca.pem", "config.json"]));
        Assert.Equal("login", PullSecrets.KeyOf(["login"]));
        Assert.Null(PullSecrets.KeyOf(["user", "password"]));
    }

    private static RegistryLogin? Find(string file, string registry = "r.io", string path = "shop/api") => RegistryLoginFile.Find(Encoding.UTF8.GetBytes(file), registry, path);

    private static (string, string) Pair(RegistryLogin? login) => (login!.UserName, login.Password);
}
