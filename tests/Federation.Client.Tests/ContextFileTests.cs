using Federation.Client.Contexts;

namespace Federation.Client.Tests;

public sealed class ContextFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-context-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ClientContext Local => new() { Server = new Uri("http://localhost:7070"), Tenant = "default", Namespace = "shop", ClientId = "me", ClientSecret = "hunter2" };

    private string Place(string path, string text = "{}")
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) => name => variables.FirstOrDefault(pair => pair.Name == name).Value;

    [Fact]
    public void Save_ThenLoad_IsTheSame()
    {
        string path = Path.Combine(_folder, "deep", "er", "context.json");
        new ContextFile().With("local", Local, makeCurrent: false).With("other", Local with { Server = new Uri("https://plane.example") }, makeCurrent: false).Save(path);
        LoadedContextFile loaded = ContextFile.Load(path);
        Assert.Equal("local", loaded.File.Current);
        Assert.Equal(Local, loaded.File.Find(null));
        Assert.Equal("https://plane.example/", loaded.File.Find("other")!.Server.AbsoluteUri);
        Assert.Null(loaded.File.Find("absent"));
        Assert.Null(loaded.Warning);
    }

    [Fact]
    public void Save_OverAnother_LeavesOneFileOfOwnerOnly()
    {
        string path = Place("context.json");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        new ContextFile().With("local", Local, makeCurrent: true).Save(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Load_FileOthersMayRead_Warns()
    {
        string path = Path.Combine(_folder, "context.json");
        new ContextFile().With("local", Local, makeCurrent: true).Save(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", ContextFile.Load(path).Warning);
    }

    [Fact]
    public void Load_TheDocumentedForm_IsRead()
    {
        string path = Place("context.json", """{"current":"local","contexts":{"local":{"server":"http://localhost:7070","tenant":"default","namespace":"shop","clientId":"me","clientSecret":"hunter2"}}}""");
        Assert.Equal(Local, ContextFile.Load(path).File.Find("local"));
    }

    [Theory]
    [InlineData("{\"current\":\"x\",\"contexts\":{\"x\":{\"server\":\"http://a\",\"clientSecret\":\"hunter2\"")]
    [InlineData("{\"contexts\":{\"x\":{\"clientSecret\":\"hunter2\"}}}")]
    [InlineData("{\"contexts\":{\"x\":{\"server\":\"http://a\",\"hunter2\":1}}}")]
    [InlineData("hunter2")]
    [InlineData("null")]
    [InlineData("")]
    public void Load_Malformed_NamesTheFileAndNotItsContent(string text)
    {
        string path = Place("context.json", text);
        var refused = Assert.Throws<ContextFileException>(() => ContextFile.Load(path));
        Assert.Contains(path, refused.Message);
        Assert.DoesNotContain("hunter2", refused.ToString());
    }

    [Fact]
    public void Load_Absent_HoldsNothing() => Assert.Empty(ContextFile.Load(Path.Combine(_folder, "absent.json")).File.Contexts);

    [Fact]
    public void Without_TheCurrentOne_LeavesNoneCurrent()
    {
        ContextFile file = new ContextFile().With("a", Local, makeCurrent: true).With("b", Local, makeCurrent: true);
        Assert.Equal("b", file.Current);
        Assert.Null(file.Without("b").Current);
        Assert.Equal("b", file.Without("a").Current);
    }

    [Fact]
    public void Locate_Variable_Wins()
    {
        Place(".federation/context.json");
        Assert.Equal(Path.Combine(_folder, "mine.json"), ContextFile.Locate(Variables(("FEDERATION_CONTEXT", "mine.json"), ("HOME", "/home/x")), _folder));
    }

    [Fact]
    public void Locate_FolderAbove_WinsOverHome()
    {
        string local = Place(".federation/context.json");
        string inner = Directory.CreateDirectory(Path.Combine(_folder, "a", "b")).FullName;
        Assert.Equal(local, ContextFile.Locate(Variables(("HOME", "/home/x")), inner));
    }

    [Fact]
    public void Locate_Nothing_IsInHome()
    {
        Assert.Equal("/home/x/.config/federation/context.json", ContextFile.Locate(Variables(("HOME", "/home/x")), _folder));
        Assert.Equal("/conf/federation/context.json", ContextFile.Locate(Variables(("HOME", "/home/x"), ("XDG_CONFIG_HOME", "/conf")), _folder));
    }
}
