using System.Globalization;
using Federation.Manifests.Loading;

namespace Federation.Manifests.Tests;

public sealed class MalformedExamplesTests
{
    private const string Folder = "examples/malformed";

    public static TheoryData<string> Files() => [.. MalformedExamples.Expected.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Load_MalformedExample_TellsEveryErrorWithItsPlace(string file)
    {
        var refused = Assert.IsType<ReadOutcome.Refused>(await LoadAsync(file));
        Assert.Equal(
            MalformedExamples.Expected[file],
            refused.Errors.Select(error => string.Create(CultureInfo.InvariantCulture, $"{error.Line}:{error.Column} {error.Path}: {error.Rule}")));
    }

    [Fact]
    public void EveryMalformedExample_IsExpected()
    {
        Assert.Equal(
            RepositoryFiles.Under(Folder).Select(path => Path.GetFileName(path)),
            MalformedExamples.Expected.Keys.Order(StringComparer.Ordinal));
        Assert.True(MalformedExamples.Expected.Count >= 30);
    }

    [Fact]
    public async Task Load_MalformedSecret_NeverTellsAValue()
    {
        foreach (string file in MalformedExamples.Expected.Keys.Where(name => name.StartsWith("secret", StringComparison.Ordinal)))
        {
            var refused = Assert.IsType<ReadOutcome.Refused>(await LoadAsync(file));
            string told = string.Join('\n', refused.Errors);
            Assert.DoesNotContain("hunter2", told);
            Assert.DoesNotContain("48151623", told);
        }
    }

    [Fact]
    public async Task Load_AllMalformedExamplesAtOnce_TellsAllOfThem()
    {
        var refused = Assert.IsType<ReadOutcome.Refused>(await LoadAsync(""));
        Assert.Equal(MalformedExamples.Expected.Values.Sum(errors => errors.Length), refused.Errors.Count);
    }

    private static Task<ReadOutcome> LoadAsync(string file) =>
        ManifestLoader.LoadAsync([RepositoryFiles.Full(Path.Combine(Folder, file))], () => Stream.Null, "default", ct: TestContext.Current.CancellationToken);
}
