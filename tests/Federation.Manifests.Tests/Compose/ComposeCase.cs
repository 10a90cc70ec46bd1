using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Compose;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests.Compose;

/// <summary>Short forms for tests of Compose files.</summary>
internal static class ComposeCase
{
    public static ComposeOutcome Read(string text, IReadOnlyDictionary<string, string>? variables = null, IReadOnlyDictionary<string, string>? files = null, IReadOnlyList<string>? profiles = null, string? name = "shop", string folder = "/stack") =>
        Read([text], variables, files, profiles, name, folder);

    public static ComposeOutcome Read(IReadOnlyList<string> texts, IReadOnlyDictionary<string, string>? variables = null, IReadOnlyDictionary<string, string>? files = null, IReadOnlyList<string>? profiles = null, string? name = "shop", string folder = "/stack") =>
        ComposeReader.Read(new ComposeInput
        {
            Files = [.. texts.Select((text, index) => new ComposeText(texts.Count == 1 ? "compose.yaml" : $"{index}.yaml", Encoding.UTF8.GetBytes(text)))],
            Name = name,
            Folder = folder,
            Profiles = profiles ?? [],
            Variable = name => variables?.GetValueOrDefault(name),
            Open = path => files?.GetValueOrDefault(path) is { } content ? Encoding.UTF8.GetBytes(content) : throw new FileNotFoundException(path),
        });

    public static ComposeStack Accepted(ComposeOutcome outcome) => outcome switch
    {
        ComposeOutcome.Accepted accepted => accepted.Stack,
        ComposeOutcome.Refused refused => throw new Xunit.Sdk.XunitException(string.Join('\n', refused.Errors)),
        _ => throw new InvalidOperationException(),
    };

    public static string[] Errors(ComposeOutcome outcome) => [.. Assert.IsType<ComposeOutcome.Refused>(outcome).Errors.Select(static error => error.ToString())];

    public static T One<T>(ComposeOutcome outcome, string? name = null) where T : Resource =>
        Accepted(outcome).Resources.Select(static declared => declared.Resource).OfType<T>().Single(resource => name is null || resource.Metadata.Name == name);

    /// <summary>Everything that the resources say, in one text.</summary>
    public static string Text(ComposeStack stack) => string.Join('\n', stack.Resources.Select(static declared => declared.Written.ToJsonString()));

    /// <summary>What one resource says.</summary>
    public static JsonObject Written(ComposeOutcome outcome, string kind, string name) =>
        Accepted(outcome).Resources.Single(declared => declared.Kind.Name == kind && declared.Resource.Metadata.Name == name).Written;

    /// <summary>The spec of the one workload web as YAML.</summary>
    public static string Web(string service, params string[] rest) =>
        ResourceWriter.ToYaml(Written(Read($"services:\n  web:\n    image: web:1\n{Indented(service)}\n{string.Join('\n', rest)}\n"), "Workload", "web")["spec"]!);

    public static string Indented(string lines) => string.Join('\n', lines.Split('\n').Select(static line => "    " + line));
}
