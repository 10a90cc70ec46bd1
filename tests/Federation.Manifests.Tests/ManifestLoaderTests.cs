using System.Text;
using Federation.Manifests.Loading;

namespace Federation.Manifests.Tests;

public sealed class ManifestLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-load-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Named(string name) => $"apiVersion: federation/v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n";

    private string Write(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    private static Task<ReadOutcome> LoadAsync(params string[] inputs) =>
        ManifestLoader.LoadAsync(inputs, () => new MemoryStream(Encoding.UTF8.GetBytes(Named("piped"))), "default", ct: TestContext.Current.CancellationToken);

    private static async Task<string[]> NamesAsync(params string[] inputs) =>
        [.. Assert.IsType<ReadOutcome.Accepted>(await LoadAsync(inputs)).Resources.Select(resource => resource.Resource.Metadata.Name)];

    private static async Task<ManifestError> ErrorAsync(params string[] inputs) =>
        Assert.Single(Assert.IsType<ReadOutcome.Refused>(await LoadAsync(inputs)).Errors);

    [Fact]
    public async Task Load_Folder_TakesManifestsOfAllLevelsInOrder()
    {
        Write("b.yaml", Named("b"));
        Write("a/z.yml", Named("az"));
        Write("a/y.json", """{"apiVersion":"federation/v1","kind":"Namespace","metadata":{"name":"ay"}}""");
        Write("notes.txt", "no manifest");
        Write(".hidden/c.yaml", Named("hidden"));
        Assert.Equal(["ay", "az", "b"], await NamesAsync(_folder));
    }

    [Fact]
    public async Task Load_SeveralInputs_KeepsTheirOrder() =>
        Assert.Equal(["b", "piped", "a"], await NamesAsync(Write("b.yaml", Named("b")), "-", Write("a.yaml", Named("a"))));

    [Fact]
    public async Task Load_FileNamedTwice_IsReadOnce()
    {
        string file = Write("a.yaml", Named("a"));
        Assert.Equal(["a"], await NamesAsync(file, _folder, file));
    }

    [Fact]
    public async Task Load_FileWithAnotherEnding_IsReadWhenNamed() => Assert.Equal(["a"], await NamesAsync(Write("a.txt", Named("a"))));

    [Fact]
    public async Task Load_SameResourceInTwoFiles_NamesBothPlaces()
    {
        string first = Write("a.yaml", Named("same"));
        string second = Write("b.yaml", "# a remark\n" + Named("same"));
        ManifestError error = await ErrorAsync(_folder);
        Assert.Equal((second, 2), (error.Source, error.Line));
        Assert.Contains($"{first}:1", error.Rule);
    }

    [Fact]
    public async Task Load_SameNameInDefaultNamespace_IsTheSameResource()
    {
        string text = "apiVersion: federation/v1\nkind: Config\nmetadata: { name: c }\n---\napiVersion: federation/v1\nkind: Config\nmetadata: { name: c, namespace: default }\n";
        Assert.Contains("is declared already", (await ErrorAsync(Write("a.yaml", text))).Rule);
        Assert.Equal(["c", "c"], await NamesAsync(Write("a.yaml", text.Replace("default", "other", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Load_KubernetesBesideOthers_IsToldByItsDocuments()
    {
        Write("a.yaml", Named("own") + "---\napiVersion: v1\nkind: Namespace\nmetadata: { name: theirs }\n");
        Write("compose.yaml", "name: shop\nservices: { web: { image: web:1 } }\n");
        Write("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: api }\nspec: { selector: { app: api }, ports: [{ port: 80 }] }\n");
        Write("z.json", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"selector":{"matchLabels":{"app":"api"}},"template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"api:1"}]}}}}""");
        Assert.Equal(["own", "web", "theirs", "api"], await NamesAsync(_folder));
    }

    [Fact]
    public async Task Load_ConfigMapAndConfigOfOneName_AreTheSameResource()
    {
        string own = Write("a.yaml", "apiVersion: federation/v1\nkind: Config\nmetadata: { name: c }\n");
        string theirs = Write("b.yaml", "# a remark\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: default }\n");
        ManifestError error = await ErrorAsync(_folder);
        Assert.Equal((theirs, 2), (error.Source, error.Line));
        Assert.Contains($"{own}:1", error.Rule);
    }

    [Fact]
    public async Task Load_ComposeBehindAnotherDocument_IsRefusedWithWhereToPutIt() =>
        Assert.Equal("a Compose file is a file of its own", (await ErrorAsync(Write("a.yaml", Named("a") + "---\nservices: { web: { image: web:1 } }\n"))).Rule);

    [Fact]
    public async Task Load_AbsentPath_IsRefused() => Assert.Equal("there is no such file or folder", (await ErrorAsync(Path.Combine(_folder, "absent"))).Rule);

    [Fact]
    public async Task Load_FolderWithoutManifests_IsRefused() => Assert.Equal("the folder holds no manifests", (await ErrorAsync(_folder)).Rule);

    [Fact]
    public async Task Load_NoInput_IsRefused() => Assert.Equal("no input is named", (await ErrorAsync()).Rule);

    [Fact]
    public async Task Load_OneBadFileOfMany_GivesNothing()
    {
        Write("a.yaml", Named("a"));
        string bad = Write("b.yaml", "kind: [");
        Assert.Equal(bad, (await ErrorAsync(_folder)).Source);
    }

    [Fact]
    public async Task Load_JsonFile_IsReadAsJsonAlone() => Assert.Equal("the text is no valid JSON here", (await ErrorAsync(Write("a.json", Named("a")))).Rule);
}
