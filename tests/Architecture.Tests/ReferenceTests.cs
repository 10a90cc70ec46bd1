using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>References run one way: services, then adapters and storage, then pure libraries, then Domain.</summary>
public partial class ReferenceTests
{
    /// <summary>Every project outside tests/, and all that it may reference. A new arrow is a decision: it is written here and said in ARCHITECTURE.md.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Federation.Domain"] = [],
        ["Federation.Contracts"] = [],
        ["Federation.Engine"] = [],
        ["Federation.Grpc"] = [],
        ["Federation.Hosting"] = [],
        ["Federation.Reconciliation"] = [],
        ["Federation.Scheduling"] = ["Federation.Domain"],
        ["Federation.Health"] = ["Federation.Domain"],
        ["Federation.Routing"] = ["Federation.Domain"],
        ["Federation.Storage"] = ["Federation.Domain"],
        ["Federation.Storage.Sqlite"] = ["Federation.Storage"],
        ["Federation.Security"] = ["Federation.Domain"],
        ["Federation.Manifests"] = ["Federation.Domain"],
        ["Federation.Adapters"] = ["Federation.Domain"],
        ["Federation.Adapters.Kubernetes"] = ["Federation.Adapters", "Federation.Reconciliation", "Federation.Security"],
        ["Federation.Adapters.Node"] = ["Federation.Adapters", "Federation.Engine", "Federation.Reconciliation"],
        ["Federation.Adapters.Swarm"] = ["Federation.Adapters", "Federation.Engine", "Federation.Reconciliation", "Federation.Security"],
        ["Federation.Tunnel"] = ["Federation.Contracts", "Federation.Grpc"],
        ["Federation.Feeds"] = ["Federation.Domain", "Federation.Contracts", "Federation.Grpc", "Federation.Reconciliation", "Federation.Storage"],
        ["Federation.Client"] = ["Federation.Domain", "Federation.Contracts", "Federation.Manifests"],
        ["Federation.Backup"] = ["Federation.Security", "Federation.Storage.Sqlite"],
        ["Federation.Cli"] = ["Federation.Client", "Federation.Backup", "Federation.Adapters.Kubernetes", "Federation.Adapters.Swarm"],
        ["ServiceDefaults"] =
        [
            "Federation.Domain", "Federation.Contracts", "Federation.Grpc", "Federation.Reconciliation", "Federation.Storage",
            "Federation.Feeds", "Federation.Security", "Federation.Manifests",
        ],
        ["Identity"] = ["ServiceDefaults", "Federation.Storage.Sqlite"],
        ["SecretStore"] = ["ServiceDefaults", "Federation.Storage.Sqlite"],
        ["Placement"] = ["ServiceDefaults", "Federation.Storage.Sqlite", "Federation.Scheduling"],
        ["Health"] = ["ServiceDefaults", "Federation.Storage.Sqlite", "Federation.Health", "Federation.Routing"],
        ["Gateway"] = ["ServiceDefaults", "Federation.Routing", "Federation.Tunnel"],
        ["Agent"] = ["ServiceDefaults", "Federation.Adapters.Kubernetes", "Federation.Adapters.Node", "Federation.Adapters.Swarm", "Federation.Engine", "Federation.Tunnel"],
        ["Dashboard"] = ["ServiceDefaults", "Federation.Client"],
        ["AppHost"] = ["Federation.Hosting", "Federation.Client"],
        ["Federation.Sample"] = [],
        ["Federation.Bench"] = ["Federation.Adapters.Kubernetes", "Federation.Client", "Federation.Routing", "Federation.Scheduling", "Federation.Storage.Sqlite", "Federation.TestKit"],
    };

    /// <summary>AppHost builds these without seeing their code.</summary>
    private static readonly string[] BuiltByAppHost = ["Agent", "Dashboard", "Federation.Cli", "Federation.Sample", "Gateway", "Health", "Identity", "Placement", "SecretStore"];

    private static readonly Dictionary<string, string> Projects = Repository.Files
        .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file));

    [Fact]
    public void References_EveryProject_AreExactlyThoseAllowed()
    {
        var wrong = new List<string>();
        foreach ((string name, string file) in Projects.Where(project => !IsTest(project.Value)))
        {
            if (!Allowed.TryGetValue(name, out string[]? allowed))
            {
                wrong.Add($"{file} is not in the table of projects");
                continue;
            }
            string[] actual = [.. References(file).Where(reference => reference.Seen).Select(reference => reference.Name)];
            wrong.AddRange(actual.Except(allowed).Select(extra => $"{name} references {extra}, which the table does not allow"));
            wrong.AddRange(allowed.Except(actual).Select(absent => $"the table allows {name} to reference {absent}, which it does not: take the arrow out"));
        }
        wrong.AddRange(Allowed.Keys.Except(Projects.Keys).Select(gone => $"the table has {gone}, which is not there"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void References_ThatOnlyBuild_AreAppHostsAndItsTests()
    {
        Assert.Equal(BuiltByAppHost, References(Projects["AppHost"]).Where(reference => !reference.Seen).Select(reference => reference.Name).Order(StringComparer.Ordinal));
        Assert.All(
            Projects.Where(project => !IsTest(project.Value) && project.Key != "AppHost"),
            project => Assert.DoesNotContain(References(project.Value), reference => !reference.Seen));
    }

    [Fact]
    public void Adapters_Never_ReferenceEachOther()
    {
        string[] adapters = [.. Projects.Keys.Where(name => name.StartsWith("Federation.Adapters.", StringComparison.Ordinal) && !name.EndsWith(".Tests", StringComparison.Ordinal))];
        Assert.NotEmpty(adapters);
        Assert.All(adapters, adapter => Assert.Empty(References(Projects[adapter]).Select(reference => reference.Name).Intersect(adapters)));
    }

    [Fact]
    public void Services_Never_ReferenceEachOther()
    {
        string[] services = [.. Projects.Where(project => project.Value.StartsWith("services/", StringComparison.Ordinal)).Select(project => project.Key)];
        Assert.NotEmpty(services);
        Assert.All(services, service => Assert.Empty(References(Projects[service]).Select(reference => reference.Name).Intersect(services)));
    }

    [Fact]
    public void Tests_AreNeverReferenced_ByWhatTheyTest() =>
        Assert.All(
            // The benchmarks measure against the clusters that the tests run against.
            Projects.Where(project => !IsTest(project.Value) && project.Key != "Federation.Bench"),
            project => Assert.DoesNotContain(References(project.Value), reference => IsTest(Projects[reference.Name])));

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        string[] inSolution = [.. ProjectLine().Matches(Repository.Read("Federation.sln")).Select(match => match.Groups[1].Value.Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(Projects.Values.Order(StringComparer.Ordinal), inSolution);
    }

    [Fact]
    public void Yarp_OnlyItsForwarder_AndOnlyInTheGateway()
    {
        // Its configuration model calls a backend group "cluster", which is another thing here; the forwarder alone has no such word.
        string[] uses =
        [
            .. Repository.Sources("src/", "services/", "ServiceDefaults/", "AppHost/")
                .SelectMany(file => YarpNamespace().Matches(Repository.Read(file)).Select(match => $"{file}: {match.Value}"))
                .Where(use => !use.StartsWith("services/Gateway/", StringComparison.Ordinal) || !use.EndsWith(": Yarp.ReverseProxy.Forwarder", StringComparison.Ordinal))
                // The name of a meter or an activity source, not a type.
                .Where(use => !use.StartsWith("ServiceDefaults/", StringComparison.Ordinal)),
        ];
        Assert.Empty(uses);
        Assert.Equal(
            // The benchmark runs stock YARP beside ours.
            ["bench/Federation.Bench/Federation.Bench.csproj", "services/Gateway/Gateway.csproj"],
            Projects.Values.Where(file => XDocument.Parse(Repository.Read(file)).Descendants("PackageReference").Any(package => (string?)package.Attribute("Include") == "Yarp.ReverseProxy")).Order(StringComparer.Ordinal));
    }

    private static bool IsTest(string file) => file.StartsWith("tests/", StringComparison.Ordinal);

    private static IEnumerable<(string Name, bool Seen)> References(string file)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, file))!;
        foreach (XElement reference in XDocument.Parse(Repository.Read(file)).Descendants("ProjectReference"))
        {
            bool seen = (string?)reference.Attribute("ReferenceOutputAssembly") != "false";
            string include = (string)reference.Attribute("Include")!;
            if (!include.Contains('*', StringComparison.Ordinal))
            {
                yield return (Path.GetFileNameWithoutExtension(include), seen);
                continue;
            }
            string pattern = "^" + Regex.Escape(Path.GetRelativePath(Repository.Root, Path.GetFullPath(include.Replace("*", "STAR", StringComparison.Ordinal), folder)))
                .Replace("STAR", "[^/]*", StringComparison.Ordinal) + "$";
            foreach ((string name, string path) in Projects.Where(project => Regex.IsMatch(project.Value, pattern)).OrderBy(project => project.Key, StringComparer.Ordinal))
                yield return (name, seen);
        }
    }

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectLine();

    [GeneratedRegex(@"\bYarp\.ReverseProxy(\.\w+)?")]
    private static partial Regex YarpNamespace();
}
