using System.Text;
using Federation.Manifests.Loading;
using Federation.Manifests.Reading;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests.Kubernetes;

/// <summary>Manifests as people write them: what comes of each is known to the letter, and reads back to the same. What they are cut into hurts nobody.</summary>
public sealed class ManifestCorpusTests
{
    private const string Folder = "tests/Federation.Manifests.Tests/Kubernetes/manifests";
    private const string Golden = "tests/Federation.Manifests.Tests/Kubernetes/golden";

    // Texts that turn up where they should not.
    private static readonly string[] Debris =
    [
        "{{ .Values.x }}", "$(", "}", "[", "]", "{", ": ", "- ", "&a ", "*a", "<<: *a", "!!str ", "'", "\"", "|", "#", "\n", "\t", "\0", "\u00e9", "null", "~", "0", "-1", "1e999", "99999999999999999999", "0o99", "0x", "true",
        "spec:", "metadata:", "items: [a]", "kind: List", "apiVersion: v1", "template: []", "containers: {}", "ports: [x]", "env: [{}]", "volumes: [{name: a, emptyDir: }]", "selector: []", "---\n", "data: {a: 1}",
    ];

    public static TheoryData<string> Manifests() => [.. RepositoryFiles.Under(Folder)];

    [Fact]
    public void Corpus_HasSixtyFiles() => Assert.True(RepositoryFiles.Under(Folder).Count() >= 60);

    [Theory]
    [MemberData(nameof(Manifests))]
    public async Task Load_Manifest_ComesToWhatIsKnown(string path)
    {
        ReadOutcome outcome = await ManifestLoader.LoadAsync([RepositoryFiles.Full(path)], () => Stream.Null, "default", ct: TestContext.Current.CancellationToken);
        IReadOnlyList<DeclaredResource> resources = KubernetesCase.Accepted(outcome);
        string yaml = string.Join("---\n", resources.Select(static declared => ResourceWriter.ToYaml(declared.Written)));
        string told = string.Concat(outcome.Warnings.Select(static warning => $"# {warning with { Source = "m" }}\n"));
        string golden = Path.Combine(RepositoryFiles.Full(Golden), Path.GetFileName(path));
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") await File.WriteAllTextAsync(golden, yaml + told, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), yaml + told);
        Assert.All(outcome.Warnings, static warning => Assert.True(warning.Line > 0 && warning.Path.Length > 0, warning.ToString()));

        // What is written is of the plane's own form, and reads to the same.
        var again = Assert.IsType<ReadOutcome.Accepted>(ResourceReader.Read(yaml, "again"));
        Assert.Equal(yaml, string.Join("---\n", again.Resources.Select(static declared => ResourceWriter.ToYaml(declared.Written))));
    }

    [Fact]
    public void Read_MutatedManifests_NeverThrows()
    {
        var random = new Random(20261128);
        string[] texts = [.. RepositoryFiles.Under(Folder).Select(static path => File.ReadAllText(RepositoryFiles.Full(path)))];
        int accepted = 0, refused = 0;
        for (int round = 0; round < 600; round++)
        {
            var text = new StringBuilder(texts[random.Next(texts.Length)]);
            for (int cut = random.Next(1, 4); cut > 0; cut--) Mutate(text, random);
            try
            {
                if (KubernetesCase.Read(text.ToString()) is ReadOutcome.Refused { Errors: var errors })
                {
                    refused++;
                    Assert.NotEmpty(errors);
                }
                else accepted++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"round {round}: {e}\n{text}");
            }
        }
        Assert.True(accepted > 20 && refused > 150, $"{accepted} accepted, {refused} refused");
    }

    private static void Mutate(StringBuilder text, Random random)
    {
        int at = random.Next(text.Length);
        switch (random.Next(5))
        {
            case 0:
                text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at));
                break;
            case 1:
                text.Insert(at, Debris[random.Next(Debris.Length)]);
                break;
            case 2:
                text[at] = (char)random.Next(32, 127);
                break;
            case 3:
                string[] lines = text.ToString().Split('\n');
                text.Insert(text.ToString().LastIndexOf('\n', at) + 1, lines[random.Next(lines.Length)] + "\n");
                break;
            default:
                // A value becomes something else.
                int colon = text.ToString().IndexOf(": ", at, StringComparison.Ordinal);
                if (colon > 0) text.Insert(colon + 2, Debris[random.Next(Debris.Length)] + " ");
                break;
        }
        if (text.Length == 0) text.Append("kind: Pod");
    }
}
