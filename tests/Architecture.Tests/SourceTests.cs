using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>A file says what it holds, and holds one thing.</summary>
public partial class SourceTests
{
    [Fact]
    public void Sources_EachFile_HoldsAtMostOnePublicType() =>
        Assert.Empty(Repository.Sources("src/")
            .Select(file => (file, types: PublicType().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value).Distinct().ToArray()))
            .Where(found => found.types.Length > 1)
            .Select(found => $"{found.file}: {string.Join(", ", found.types)}"));

    [Fact]
    public void Sources_APublicType_StandsInAFileOfItsName() =>
        Assert.All(
            Repository.Sources("src/").SelectMany(file => PublicType().Matches(Repository.Read(file)).Select(match => (File: file, Type: match.Groups[1].Value))),
            // A type in several files adds what the file is about: FederationClient.Watch.cs.
            found => Assert.Equal(found.Type, Path.GetFileName(found.File).Split('.')[0]));

    [Fact]
    public void Files_NamedForNothing_AreAbsent() =>
        Assert.DoesNotContain(Repository.Files, file => NamedForNothing().IsMatch(file));

    [Fact]
    public void Usings_OfEachFile_StandInTheFormattersOrder() =>
        Assert.All(Repository.Sources(""), static file =>
        {
            string[] usings = [.. Using().Matches(Repository.Read(file)).Select(static match => match.Groups[1].Value)];
            Assert.Equal(usings.OrderBy(Rank).ThenBy(static name => name, StringComparer.OrdinalIgnoreCase), usings);
        });

    // Namespaces with System's first, then static members, then other names for types.
    private static int Rank(string name) => name.Contains('=', StringComparison.Ordinal) ? 3 : name.StartsWith("static ", StringComparison.Ordinal) ? 2 : name is "System" || name.StartsWith("System.", StringComparison.Ordinal) ? 0 : 1;

    [GeneratedRegex(@"^using ([^(;]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^public (?:(?:sealed|abstract|static|readonly|partial|unsafe|ref) )*(?:record struct|record class|record|class|struct|interface|enum|delegate [\w<>?\[\], ]+?) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"(Helpers?|Utils?|Utilities|Manager|Extensions|Common|Misc)\.cs$")]
    private static partial Regex NamedForNothing();
}
