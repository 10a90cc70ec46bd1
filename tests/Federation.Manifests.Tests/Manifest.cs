using Federation.Domain.Resources;
using Federation.Manifests.Reading;

namespace Federation.Manifests.Tests;

/// <summary>Short forms for tests.</summary>
internal static class Manifest
{
    public static T One<T>(string text) where T : Resource => (T)Assert.Single(All(text)).Resource;

    public static IReadOnlyList<DeclaredResource> All(string text, InputFormat format = InputFormat.Auto) => ResourceReader.Read(text, "test", format) switch
    {
        ReadOutcome.Accepted accepted => accepted.Resources,
        ReadOutcome.Refused refused => throw new Xunit.Sdk.XunitException(string.Join('\n', refused.Errors)),
        _ => throw new InvalidOperationException(),
    };

    public static IReadOnlyList<ManifestError> Errors(string text, InputFormat format = InputFormat.Auto) =>
        Assert.IsType<ReadOutcome.Refused>(ResourceReader.Read(text, "test", format)).Errors;

    public static string Workload(string templateLines) => $"""
        apiVersion: federation/v1
        kind: Workload
        metadata:
          name: web
        spec:
          template:
            image: web:1
        {string.Join('\n', templateLines.Split('\n').Select(line => "    " + line))}
        """;
}
