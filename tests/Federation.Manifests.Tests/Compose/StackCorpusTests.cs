using System.Diagnostics;
using System.Text;
using Federation.Manifests.Compose;

namespace Federation.Manifests.Tests.Compose;

/// <summary>Stack files as people write them: each maps, and its joined form reads to the same resources. What they are cut into hurts nobody.</summary>
public sealed class StackCorpusTests
{
    private const string Folder = "tests/Federation.Manifests.Tests/Compose/stacks";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Texts that turn up where they should not.
    private static readonly string[] Debris =
    [
        "$", "${", "${A:-", "}", "[", "]", "{", "}", ": ", "- ", "&a ", "*a", "<<: *a", "!reset", "!override ", "!!str ", "'", "\"", "|", ">", "#", "\n", "\t", "\0", "\u00e9", "\ud83d\ude00", "null", "~", "0", "-1", "1e999", "99999999999999999999",
        "services:", "x-federation:", "extends: web", "include: [a]", "volumes: [x:/y]", "ports: ['1-65535']", "deploy: []", "networks: {a: {b: }}", "secrets: [{source: }]", "command: \"'\"", "name: ", "profiles: [x]",
    ];

    public static TheoryData<string> Stacks() => [.. RepositoryFiles.Under(Folder)];

    [Fact]
    public void Corpus_HasSixtyFiles() => Assert.True(RepositoryFiles.Under(Folder).Count() >= 60);

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Read_Stack_MapsAndItsJoinedFormReadsToTheSame(string path)
    {
        ComposeStack stack = Accepted(path, await LoadAsync(path));
        ComposeStack again = Accepted(path, Read(stack.ToYaml()));
        Assert.Equal(ComposeCase.Text(stack), ComposeCase.Text(again));
        Assert.Equal(stack.ToYaml(), again.ToYaml());
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Read_Stack_TellsEveryWarningWithItsPlace(string path)
    {
        ComposeOutcome outcome = await LoadAsync(path);
        Assert.All(outcome.Warnings, static warning => Assert.True(warning.Line > 0 && warning.Path.Length > 0, warning.ToString()));
    }

    [Fact]
    public async Task Read_MutatedStacks_NeverThrowsAndEndsInTime()
    {
        var random = new Random(20261128);
        string[] texts = [.. RepositoryFiles.Under(Folder).Select(static path => File.ReadAllText(RepositoryFiles.Full(path)))];
        await Task.CompletedTask;
        int accepted = 0, refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            var text = new StringBuilder(texts[random.Next(texts.Length)]);
            for (int cut = random.Next(1, 4); cut > 0; cut--) Mutate(text, random);
            var watch = Stopwatch.StartNew();
            try
            {
                ComposeOutcome outcome = Read(text.ToString());
                if (outcome is ComposeOutcome.Refused { Errors: var errors })
                {
                    refused++;
                    Assert.NotEmpty(errors);
                }
                else
                {
                    accepted++;
                    // What is accepted reads again.
                    ComposeStack stack = ((ComposeOutcome.Accepted)outcome).Stack;
                    Assert.Equal(ComposeCase.Text(stack), ComposeCase.Text(Accepted($"round {round}", Read(stack.ToYaml()))));
                    ComposeRendererTests.AssertReadsToTheSame([.. stack.Resources.Select(static declared => declared.Resource)], stack.Name);
                }
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"round {round}: {e}\n{text}");
            }
            Assert.True(watch.Elapsed < Patience, $"round {round} took {watch.Elapsed}\n{text}");
        }
        Assert.True(accepted > 50 && refused > 300, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void Read_AnyTwoStacks_AreJoinedToWhatReadsToTheSame_OrRefused()
    {
        var random = new Random(20261130);
        string[] texts = [.. RepositoryFiles.Under(Folder).Select(static path => File.ReadAllText(RepositoryFiles.Full(path)))];
        int accepted = 0;
        for (int round = 0; round < 300; round++)
        {
            var second = new StringBuilder(texts[random.Next(texts.Length)]);
            if (round % 2 == 0) Mutate(second, random);
            string first = texts[random.Next(texts.Length)];
            try
            {
                // One of them with itself changes nothing.
                if (round % 10 == 0) Assert.Equal(ComposeCase.Text(Accepted("once", Read(first))), ComposeCase.Text(Accepted("twice", Read(first, first))));
                if (Read(first, second.ToString()) is not ComposeOutcome.Accepted { Stack: var stack }) continue;
                accepted++;
                Assert.Equal(ComposeCase.Text(stack), ComposeCase.Text(Accepted($"round {round}", Read(stack.ToYaml()))));
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"round {round}: {e}\n{first}\n-----\n{second}");
            }
        }
        Assert.True(accepted > 50, $"{accepted} accepted");
    }

    [Fact]
    public void Read_HugeAndHostileFiles_AreRefusedOrReadInTime()
    {
        var watch = Stopwatch.StartNew();
        string many = "services:\n" + string.Concat(Enumerable.Range(0, 1500).Select(static i => $"  s{i}: {{ image: a, environment: [A=1], ports: [\"80\"] }}\n"));
        Assert.IsType<ComposeOutcome.Accepted>(Read(many));
        Assert.IsType<ComposeOutcome.Refused>(Read("services:\n" + string.Concat(Enumerable.Range(0, 3000).Select(static i => $"  s{i}: {{ image: a }}\n"))));
        Assert.IsType<ComposeOutcome.Refused>(Read("services: { web: { image: a, ports: [" + string.Join(',', Enumerable.Repeat("\"1000-1999\"", 5000)) + "] } }"));
        string chain = "services:\n  s0: { image: a }\n" + string.Concat(Enumerable.Range(1, 200).Select(static i => $"  s{i}: {{ extends: s{i - 1} }}\n"));
        Assert.IsType<ComposeOutcome.Refused>(Read(chain));
        var bomb = new StringBuilder("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
        for (int i = 1; i < 60; i++) bomb.Append($"x-{i}: &x{i} [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 10))}]\n");
        Assert.IsType<ComposeOutcome.Refused>(Read("x-0: &x0 [a]\n" + bomb + "services: { web: { image: a } }"));
        Assert.IsType<ComposeOutcome.Refused>(Read("services: { web: { image: \"" + string.Concat(Enumerable.Repeat("${A:-", 5000)) + "\" } }"));
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"took {watch.Elapsed}");
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
                string line = text.ToString().Split('\n')[random.Next(text.ToString().Split('\n').Length)];
                text.Insert(text.ToString().LastIndexOf('\n', at) + 1, line + "\n");
                break;
            default:
                int end = text.ToString().IndexOf('\n', at);
                text.Insert(end < 0 ? text.Length : end, " " + Debris[random.Next(Debris.Length)]);
                break;
        }
        if (text.Length == 0) text.Append("services:");
    }

    private static ComposeOutcome Read(params string[] texts) => ComposeReader.Read(new ComposeInput
    {
        Files = [.. texts.Select(static (text, index) => new ComposeText(index == 0 ? "stack.yaml" : $"over{index}.yaml", Encoding.UTF8.GetBytes(text)))],
        Name = "corpus",
        Folder = RepositoryFiles.Full(Folder),
        Open = static file => Path.GetFileName(file) is ".env" ? throw new FileNotFoundException(file) : Encoding.UTF8.GetBytes("KEY=value\n"),
        Variable = static name => name == "TAG" ? "1.2.3" : null,
    });

    private static Task<ComposeOutcome> LoadAsync(string path) => Task.FromResult(Read(File.ReadAllText(RepositoryFiles.Full(path))));

    private static ComposeStack Accepted(string path, ComposeOutcome outcome) => outcome switch
    {
        ComposeOutcome.Accepted accepted => accepted.Stack,
        ComposeOutcome.Refused refused => throw new Xunit.Sdk.XunitException($"{path}\n{string.Join('\n', refused.Errors)}"),
        _ => throw new InvalidOperationException(),
    };
}
