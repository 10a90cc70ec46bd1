using System.Text.RegularExpressions;
using Federation.Domain.Resources;

namespace Architecture.Tests;

/// <summary>What is written beside the code keeps up with it.</summary>
public partial class DocumentTests
{
    [Fact]
    public void Nomenclature_HasEveryPublicWordOfTheDomain()
    {
        string page = Repository.Read("docs/nomenclature.md");
        string[] missing =
        [
            .. typeof(Resource).Assembly.GetExportedTypes()
                .Where(type => !type.IsNested)
                .Select(type => type.Name.Split('`')[0])
                .Where(name => !Regex.IsMatch(page, $@"\b{name}\b"))
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(missing.Length == 0, $"docs/nomenclature.md lacks: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Links_InEveryPage_LeadSomewhere()
    {
        var broken = new List<string>();
        foreach (string page in Repository.Files.Where(IsPage))
        {
            string text = CodeBlock().Replace(Repository.Read(page), "");
            foreach (Match link in Link().Matches(text))
            {
                string target = link.Groups[1].Value;
                if (Uri.TryCreate(target, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" or "mailto") continue;
                string[] parts = target.Split('#', 2);
                string full = parts[0].Length == 0 ? Path.Combine(Repository.Root, page) : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0])));
                bool inside = full == Repository.Root || full.StartsWith(Repository.Root + "/", StringComparison.Ordinal);
                if (!inside || (!File.Exists(full) && !Directory.Exists(full))) broken.Add($"{page}: {target}");
                else if (parts.Length == 2 && full.EndsWith(".md", StringComparison.Ordinal) && !Anchors(File.ReadAllText(full)).Contains(parts[1])) broken.Add($"{page}: {target}: no such heading");
            }
        }
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public void Files_NameNoPlaceOfOneMachine()
    {
        string[] found =
        [
            .. Texts().SelectMany(file => PersonalPlace().Matches(file.Text).Select(match => $"{file.Path}: {match.Value}")),
            .. Texts().SelectMany(file => Host().Matches(file.Text).Select(match => match.Groups[1].Value).Where(IsPrivate).Select(host => $"{file.Path}: {host}")),
        ];
        Assert.Empty(found);
    }

    [Fact]
    public void PackageFiles_NameOnlyThePublicRegistries()
    {
        string[] names = ["nuget.config", ".npmrc", "package.json", "package-lock.json"];
        Assert.All(
            Texts().Where(file => names.Contains(Path.GetFileName(file.Path))).SelectMany(file => Package().Matches(file.Text).Select(match => (file.Path, Host: match.Groups[1].Value))),
            found => Assert.True(found.Host is "registry.npmjs.org" or "api.nuget.org", $"{found.Path}: {found.Host}"));
    }

    private static bool IsPage(string file) => file.EndsWith(".md", StringComparison.Ordinal);

    // What nobody wrote by hand as text (images, binary examples) holds no place by intent.
    private static IEnumerable<(string Path, string Text)> Texts() =>
        Repository.Files.Select(file => (file, Repository.Read(file))).Where(file => !file.Item2.Contains('\0', StringComparison.Ordinal));

    private static bool IsPrivate(string host) =>
        PrivateAddress().IsMatch(host) || new[] { ".corp", ".lan", ".intranet" }.Any(end => host.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private static HashSet<string> Anchors(string page) =>
        [.. Heading().Matches(CodeBlock().Replace(page, "")).Select(match => NotInAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"^(```|~~~).*?^\1", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} +(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    // Nobody's name is x.
    [GeneratedRegex(@"(?<![\w.\-}])(/(home|Users)/(?!x\b)\w+|/(root|work)/\w+|[A-Z]:\\Users\b)")]
    private static partial Regex PersonalPlace();

    [GeneratedRegex(@"https?://([A-Za-z0-9.\-]+)")]
    private static partial Regex Host();

    // Where packages come from: "resolved" in npm's lock file, value= in nuget.config, registry= in .npmrc.
    [GeneratedRegex(@"(?:""resolved"": *""|value=""|registry *= *)https?://([A-Za-z0-9.\-]+)")]
    private static partial Regex Package();

    [GeneratedRegex(@"^(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+)$")]
    private static partial Regex PrivateAddress();
}
