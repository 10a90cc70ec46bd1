using System.IO.Pipes;
using System.Text;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
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

    private Task<ReadOutcome> LoadStackAsync(string? name, params string[] inputs) => ManifestLoader.LoadAsync(
        [.. inputs.Select(input => input == "-" ? input : Path.Combine(_folder, input))], static () => new MemoryStream("services: { web: { image: piped } }"u8.ToArray()), "default", stacks: new StackChoices { Name = name }, ct: TestContext.Current.CancellationToken);

    private static string[] Images(ReadOutcome outcome) => [.. Assert.IsType<ReadOutcome.Accepted>(outcome).Resources.Select(static declared => declared.Resource).OfType<Workload>().Select(static workload => $"{workload.Metadata.Labels![StackLabel.Key]}/{workload.Metadata.Name} {workload.Spec.Template.Image} {workload.Spec.Replicas ?? 1}")];

    [Theory]
    // Called after the other, given one name by the command, or by themselves.
    [InlineData(null, "compose.yaml", "compose.prod.yaml", "services: { web: { deploy: { replicas: 3 } } }")]
    [InlineData("s", "compose.yaml", "prod.yaml", "services: { web: { deploy: { replicas: 3 } } }")]
    [InlineData(null, "base.yaml", "prod.yaml", "name: s\nservices: { web: { deploy: { replicas: 3 } } }")]
    public async Task Load_ComposeFilesOfOneStack_AreJoined(string? name, string first, string second, string text)
    {
        Write(first, "name: s\nservices: { web: { image: web:1 }, db: { image: db:1 } }");
        Write(second, text);
        Write("own.yaml", Named("own"));
        ReadOutcome outcome = await LoadStackAsync(name, first, "own.yaml", second);
        Assert.Equal(["s/web web:1 3", "s/db db:1 1"], Images(outcome));
        Assert.Equal("own", ((ReadOutcome.Accepted)outcome).Resources[^1].Resource.Metadata.Name);
        // The order says which of them changes the other, and the folder beside them is read once.
        if (name is not null) Assert.Equal(["s/db db:1 1", "s/web web:1 3"], Images(await LoadStackAsync(name, second, first)).Order(StringComparer.Ordinal));
        Assert.Equal(["s/web web:1 3", "s/db db:1 1"], Images(await LoadStackAsync(name, first, second, first, ".")));
    }

    [Fact]
    public async Task Load_ComposeFileFromStandardInput_IsJoinedWithOneOfItsStack()
    {
        string file = Path.Combine(Environment.CurrentDirectory, $"federation-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, "services: { web: { deploy: { replicas: 3 } } }", TestContext.Current.CancellationToken);
        try
        {
            Assert.Equal(["s/web piped 3"], Images(await LoadStackAsync("s", "-", file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(false, "compose.yaml", ".")]
    [InlineData(false, ".", "compose.yaml", "compose.prod.yaml")]
    [InlineData(true, ".", "./")]
    [InlineData(true, ".", "compose.yaml")]
    [InlineData(true, ".", "compose.override.yaml")]
    [InlineData(true, "compose.yaml", "compose.override.yaml", ".")]
    public async Task Load_OverrideOfAFolder_IsNeverLeftOut(bool joined, params string[] inputs)
    {
        Write("compose.yaml", "services: { web: { image: a } }");
        string over = Write("compose.override.yaml", "services: { web: { image: b } }");
        if (inputs.Contains("compose.prod.yaml")) Write("compose.prod.yaml", "services: { web: { deploy: { replicas: 3 } } }");
        ReadOutcome outcome = await LoadStackAsync("s", inputs);
        if (joined) Assert.Equal(["s/web b 1"], Images(outcome));
        else Assert.Equal(over, Path.GetFullPath(Assert.Single(Assert.IsType<ReadOutcome.Refused>(outcome).Errors).Source));
    }

    [Fact]
    public async Task Load_Pipes_AreReadOnce()
    {
        using AnonymousPipeServerStream shop = Piped("services: { web: { image: a } }"), plain = Piped(Named("plain"));
        ReadOutcome outcome = await LoadStackAsync("s", $"/proc/self/fd/{shop.GetClientHandleAsString()}", $"/proc/self/fd/{plain.GetClientHandleAsString()}");
        Assert.Equal(["web", "plain"], Assert.IsType<ReadOutcome.Accepted>(outcome).Resources.Select(static declared => declared.Resource.Metadata.Name));

        static AnonymousPipeServerStream Piped(string text)
        {
            var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
            pipe.Write(Encoding.UTF8.GetBytes(text));
            pipe.SafePipeHandle.Dispose();
            return pipe;
        }
    }

    [Theory]
    [InlineData(null, "shop.yaml", "blog.yaml", "services: { web: { image: b } }")]
    [InlineData(null, "compose.yaml", "compose.prod.yaml", "name: other\nservices: { web: { image: b } }")]
    [InlineData("s", "compose.yaml", "prod/compose.yaml", "services: { web: { image: b } }")]
    public async Task Load_ComposeFilesThatNothingTellsToBeOneStack_AreNotJoined(string? name, string first, string second, string text)
    {
        Write(first, "name: s\nservices: { web: { image: a } }");
        Write(second, text);
        var refused = Assert.IsType<ReadOutcome.Refused>(await LoadStackAsync(name, first, second));
        Assert.Contains("Workload web is declared already in", refused.Errors[0].Rule, StringComparison.Ordinal);
        Assert.Equal($"{Path.Combine(_folder, second)}: it is read as a stack of its own, beside {Path.Combine(_folder, first)}; to join them: fedctl stack deploy -c FILE -c FILE NAME, or --stack NAME for files of one folder", refused.Warnings[^1].ToString());
    }

    [Theory]
    [InlineData("compose.prod.yaml", "services: { web: { environment: { A: b } } }")]
    [InlineData("compose.prod.yaml", "services: { web: { image: b } }")]
    [InlineData("more.yaml", "name: s\nservices: { web: { image: b } }")]
    public async Task Load_FolderWithFilesThatAreOneStackWhenNamed_SaysHowToNameThem(string later, string text)
    {
        string first = Write("compose.yaml", "name: s\nservices: { web: { image: a } }"), over = Write("compose.override.yaml", "services: { web: { tty: true } }");
        string second = Write(later, text);
        var refused = Assert.IsType<ReadOutcome.Refused>(await LoadStackAsync(null, ""));
        Assert.Contains($"{second}: in a folder it is read as a stack of its own, beside {first}; to join them, name each: -f {first}", refused.Warnings[^1].ToString(), StringComparison.Ordinal);
        Assert.EndsWith($" -f {second}", refused.Warnings[^1].ToString().Replace($" -f {over}", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_FolderWithAStackAndWhatChangesIt_NamesNoOtherWay()
    {
        Write("compose.yaml", "services: { web: { image: a, tty: maybe } }");
        Write("compose.override.yaml", "services: { web: { image: b } }");
        Assert.Empty(Assert.IsType<ReadOutcome.Refused>(await LoadStackAsync(null, "")).Warnings);
    }

    [Theory]
    [InlineData("environment", null, "environment")]
    [InlineData(null, "COMPOSE_PROJECT_NAME=beside", "beside")]
    public async Task Load_ComposeFilesThatTheVariableNames_AreOneStack(string? environment, string? beside, string stack)
    {
        string first = Write("base.yaml", "name: own\nservices: { web: { image: a } }"), second = Write("prod.yaml", "name: other\nservices: { web: { deploy: { replicas: 3 } } }");
        if (beside is not null) Write(".env", beside);
        var choices = new StackChoices { Variable = name => name == "COMPOSE_PROJECT_NAME" ? environment : null };
        Assert.Equal([$"{stack}/web a 3"], Images(await ManifestLoader.LoadAsync([first, second], static () => Stream.Null, "default", stacks: choices, ct: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Load_TwoStacks_StayTwo()
    {
        Write("shop.yaml", "services: { web: { image: a } }");
        Write("blog.yaml", "services: { blog: { image: b } }");
        Assert.Equal(["shop/web a 1", "blog/blog b 1"], Images(await LoadStackAsync(null, "shop.yaml", "blog.yaml")));
    }

    [Fact]
    public async Task Load_JoinedFileThatIsWrong_IsToldWithItsOwnPlace()
    {
        Write("compose.yaml", "services:\n  web: { image: a }\n");
        string over = Write("compose.prod.yaml", "services:\n  web:\n    tty: maybe\n");
        ManifestError error = Assert.Single(Assert.IsType<ReadOutcome.Refused>(await LoadStackAsync(null, "compose.yaml", "compose.prod.yaml")).Errors);
        Assert.Equal((over, 3, 10, "services.web.tty"), (error.Source, error.Line, error.Column, error.Path));
    }
}
