using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.Manifests.Kubernetes.Fields;

namespace Federation.Manifests.Tests.Kubernetes;

/// <summary>Every field that an API server of 1.21 publishes of the kinds is mapped, read, kept, carried, warned of or refused, and the reader does what the table says.</summary>
public sealed partial class KubernetesFieldTests
{
    private const string Folder = "tests/Federation.Manifests.Tests/Kubernetes";
    private const string Page = "docs/reference/kubernetes.md";
    private const string Later = $"{Folder}/later-paths.txt";

    private static readonly (string Kind, string Version, string Path)[] Schema =
        [.. File.ReadAllLines(RepositoryFiles.Full($"{Folder}/schema-paths.txt")).Select(static line => SchemaLine().Match(line)).Select(static match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];

    public static TheoryData<string> Kinds() => [.. KubernetesFieldTable.Kinds];

    [Fact]
    public void EveryPathOfTheSchema_IsInTheTable()
    {
        Assert.Equal(4807, Schema.Length);
        Assert.Empty(Schema.Where(static path => KubernetesFieldTable.Find(path.Kind, path.Path) is null).Select(static path => $"{path.Kind}.{path.Path}"));
        Assert.Equal(Schema.Select(static path => path.Kind).Distinct().Order(StringComparer.Ordinal), KubernetesFieldTable.Kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryFieldOfTheTable_IsInTheSchemaOrOneOfALaterVersion()
    {
        HashSet<string> known = [.. Schema.Select(static path => $"{path.Kind}.{path.Path}")];
        string[] later = [.. KubernetesFieldTable.All.Where(field => !known.Contains($"{field.Kind}.{field.Path}") && !(field.WithAllBelow && IsAbove($"{field.Kind}.{field.Path}", known)))
            .Where(static field => !field.Path.StartsWith("status", StringComparison.Ordinal) && !field.Path.Contains(".status", StringComparison.Ordinal) && !field.Path.Contains("managedFields", StringComparison.Ordinal))
            .Select(static field => $"{field.Kind}.{field.Path}").Distinct().Order(StringComparer.Ordinal)];
        string path = RepositoryFiles.Full(Later);
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") File.WriteAllLines(path, later);
        Assert.Equal(File.ReadAllLines(path), later);
    }

    private static bool IsAbove(string path, IEnumerable<string> known) => known.Any(below => below.Length > path.Length && below[path.Length] is '.' or '[' && below.StartsWith(path, StringComparison.Ordinal));

    [Fact]
    public void ReferencePage_IsFresh()
    {
        string path = RepositoryFiles.Full(Page);
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") File.WriteAllText(path, KubernetesFieldReference.Markdown());
        Assert.True(File.Exists(path) && File.ReadAllText(path) == KubernetesFieldReference.Markdown(), $"{Page} is stale; run: FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Manifests.Tests");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Read_EveryPathOfAKind_DoesWhatTheTableSays(string kind)
    {
        // What is said of pods is read by the same code for all kinds: of most of it, one kind is enough.
        string[] wrong = [.. Schema.Where((path, index) => path.Kind == kind && (kind == "Deployment" || index % 5 == 0 || !OfPods().IsMatch(path.Path))).Select(static path => (path.Version, Field: path, Fault: Fault(path.Kind, path.Version, path.Path))).Where(static told => told.Fault is not null).Select(static told => $"{told.Field.Kind}.{told.Field.Path}: {told.Fault}")];
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {kind}\n{string.Join('\n', wrong.Take(60))}");
    }

    private static string? Fault(string kind, string version, string path)
    {
        KubernetesField field = KubernetesFieldTable.Find(kind, path)!;
        // apiVersion and kind say what the document is; the tests of versions are elsewhere.
        if (path is "apiVersion" or "kind") return null;
        SchemaDocument document = SchemaDocument.Of(kind, version, path);
        ReadOutcome with = KubernetesCase.Read(document.Text);
        if (field.Fate == FieldFate.Refused)
            return with is ReadOutcome.Refused refused && refused.Errors.Any(error => IsOf(path, error.Path) && field.Detail.StartsWith(error.Rule, StringComparison.Ordinal) && error.Line > 0) ? null : $"is not refused: {Told(with)}";
        if (with is not ReadOutcome.Accepted) return $"is refused: {Told(with)}";
        ManifestError[] warnings = [.. with.Warnings.Where(warning => IsOf(path, warning.Path))];
        if (field.Fate == FieldFate.Warned) return warnings.Any(warning => warning.Rule == field.Detail && warning.Line > 0) ? null : $"is not warned of: {Told(with)}";
        if (field.Fate == FieldFate.Read) return warnings.All(static warning => warning.Rule.StartsWith("it is reached", StringComparison.Ordinal) || warning.Rule.StartsWith("elsewhere than", StringComparison.Ordinal) || warning.Rule.StartsWith("in the plane", StringComparison.Ordinal)) ? null : $"is warned of: {warnings[0]}";
        ReadOutcome without = KubernetesCase.Read(document.Without(path));
        bool differs = KubernetesCase.Text(with) != KubernetesCase.Text(without);
        if (field.Fate == FieldFate.Mapped) return differs || warnings.Length > 0 ? null : "changes nothing, and is not told";
        string member = field.Fate == FieldFate.Kept ? "needed" : "extra";
        bool carried = ((ReadOutcome.Accepted)with).Resources.Any(declared => declared.Written["spec"]?["template"]?["container"]?["kubernetes"]?[member] is JsonObject { Count: > 0 }) && differs;
        if (!carried && kind != "ServiceAccount") return $"is not {field.Fate}: {Told(with)}\n{KubernetesCase.Text(with)}";
        if (field.Detail.Length > 0 && warnings.Length == 0) return $"is {field.Fate} in silence";
        return null;
    }

    private static string Told(ReadOutcome outcome) => outcome is ReadOutcome.Refused refused ? string.Join(" | ", refused.Errors) : $"accepted | {string.Join(" | ", outcome.Warnings)}";

    // spec.template.spec.volumes[0].nfs is of spec.template.spec.volumes[].nfs.server.
    private static bool IsOf(string schema, string actual)
    {
        string[] wanted = [.. schema.Split('.').Select(static part => part.Replace("[]", "", StringComparison.Ordinal))];
        string[] told = Index().Replace(Quoted().Replace(actual, ".n1"), "").Split('.');
        return actual.Length > 0 && told.Length <= wanted.Length && told.Zip(wanted).All(static pair => pair.First == pair.Second || pair.Second == "<name>");
    }

    [GeneratedRegex(@"^(\w+)@([^.]+\.[^.]+)\.(.*)$")]
    private static partial Regex SchemaLine();

    [GeneratedRegex(@"^spec\.(template\.spec|jobTemplate\.spec\.template\.spec|containers|initContainers|volumes|affinity|ephemeralContainers)\b")]
    private static partial Regex OfPods();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();

    [GeneratedRegex("\\[\"[^\"]*\"\\]")]
    private static partial Regex Quoted();
}
