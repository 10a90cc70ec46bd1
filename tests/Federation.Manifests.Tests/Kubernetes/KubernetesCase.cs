using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Kubernetes;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests.Kubernetes;

/// <summary>Short forms for tests of Kubernetes manifests.</summary>
internal static class KubernetesCase
{
    /// <summary>The least of a Deployment.</summary>
    public const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
                - name: web
                  image: nginx:1.27

        """;

    public static ReadOutcome Read(params string[] texts) =>
        KubernetesReader.Read([.. texts.Select((text, index) => (texts.Length == 1 ? "m.yaml" : $"{index}.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)))]);

    /// <summary>The Deployment with more in its container.</summary>
    public static string Container(string fields) => Web + string.Join('\n', fields.Split('\n').Select(static line => "          " + line)) + "\n";

    /// <summary>The Deployment with more in its pod.</summary>
    public static string Pod(string fields) => Web + string.Join('\n', fields.Split('\n').Select(static line => "      " + line)) + "\n";

    /// <summary>The Deployment with more in its spec.</summary>
    public static string Spec(string fields) => Web + string.Join('\n', fields.Split('\n').Select(static line => "  " + line)) + "\n";

    public static IReadOnlyList<DeclaredResource> Accepted(ReadOutcome outcome) => outcome switch
    {
        ReadOutcome.Accepted accepted => accepted.Resources,
        ReadOutcome.Refused refused => throw new Xunit.Sdk.XunitException(string.Join('\n', refused.Errors)),
        _ => throw new InvalidOperationException(),
    };

    public static T One<T>(ReadOutcome outcome, string? name = null) where T : Resource =>
        Accepted(outcome).Select(static declared => declared.Resource).OfType<T>().Single(resource => name is null || resource.Metadata.Name == name);

    public static string[] Errors(ReadOutcome outcome) => [.. Assert.IsType<ReadOutcome.Refused>(outcome).Errors.Select(static error => error.ToString())];

    public static string[] Warnings(ReadOutcome outcome)
    {
        Accepted(outcome);
        return [.. outcome.Warnings.Select(static warning => warning.ToString())];
    }

    /// <summary>Everything that the resources say, in one text.</summary>
    public static string Text(ReadOutcome outcome) => outcome is ReadOutcome.Accepted accepted ? string.Join('\n', accepted.Resources.Select(static declared => declared.Written.ToJsonString())) : "refused";

    /// <summary>The one workload's template as YAML.</summary>
    public static string Template(ReadOutcome outcome) => ResourceWriter.ToYaml(Accepted(outcome).Single(static declared => declared.Kind.Name == "Workload").Written["spec"]!["template"]!);

    /// <summary>What is carried of the one workload, by path.</summary>
    public static JsonObject Carried(ReadOutcome outcome, string member) =>
        Accepted(outcome).Single(static declared => declared.Kind.Name == "Workload").Written["spec"]!["template"]!["container"]?["kubernetes"]?[member] as JsonObject ?? [];
}
