using System.Reflection;
using System.Text.RegularExpressions;
using Federation.Contracts.V1;
using Federation.ServiceDefaults.Grpc;
using Google.Protobuf.Reflection;

namespace Architecture.Tests;

/// <summary>
/// Every method of the contracts is served, and says who may call it. (That every endpoint under /v1 declares a role is asserted where
/// the services run: none starts otherwise, see AccessReview.)
/// </summary>
public partial class GrpcAccessTests
{
    private static readonly Dictionary<string, string> Mappings = Repository.Sources("services/", "ServiceDefaults/")
        .SelectMany(file => Mapping().Matches(Repository.Read(file)))
        .GroupBy(match => match.Groups[1].Value, match => match.Groups[2].Value)
        .ToDictionary(group => group.Key, group => Assert.Single(group));

    /// <summary>Who may call what, as the comments of the .proto files say it.</summary>
    private static readonly Dictionary<string, string> Callers = new()
    {
        ["/federation.v1.Assignments/Stream"] = "Agents",
        ["/federation.v1.Observations/Report"] = "Agents",
        ["/federation.v1.Traffic/Report"] = "Service(\"gateway\")",
        ["/federation.v1.Audit/Append"] = "Service(\"gateway\")",
        ["/federation.v1.Tunnel/Connect"] = "Agents",
        ["/federation.v1.DocumentFeed/Watch"] = "Services",
        ["/federation.v1.Sealing/Seal"] = "Service(\"placement\")",
        ["/federation.v1.Enrollment/Authority"] = "Anonymous",
        ["/federation.v1.Enrollment/Enroll"] = "Anonymous",
        ["/federation.v1.Enrollment/Renew"] = "AgentsAndServices",
    };

    [Fact]
    public void Methods_OfAllContracts_AreMappedForTheirCallers()
    {
        string[] contracts = [.. Files().SelectMany(file => file.Services).SelectMany(service => service.Methods).Select(method => $"/{method.Service.FullName}/{method.Name}").Order(StringComparer.Ordinal)];
        Assert.Equal(Callers.Keys.Order(StringComparer.Ordinal), contracts);

        var property = typeof(PlaneMethods).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(candidate => (string)candidate.PropertyType.GetProperty("Path")!.GetValue(candidate.GetValue(null))!, candidate => candidate.Name);
        Assert.All(Callers, method =>
        {
            Assert.True(property.TryGetValue(method.Key, out string? name), $"PlaneMethods has no {method.Key}");
            Assert.True(Mappings.TryGetValue(name, out string? peers), $"no service maps {method.Key}");
            Assert.Equal(method.Value, peers);
        });
    }

    [Fact]
    public void Contracts_EveryMethod_SaysItsCallersInAComment()
    {
        string[] silent =
        [
            .. Repository.Files.Where(file => file.StartsWith("src/Federation.Contracts/Protos/", StringComparison.Ordinal))
                .SelectMany(file => Rpc().Matches(Repository.Read(file)).Where(match => !match.Groups[1].Value.Contains("Callers:", StringComparison.Ordinal)).Select(match => $"{file}: {match.Groups[2].Value}")),
        ];
        Assert.Empty(silent);
    }

    internal static IReadOnlyList<FileDescriptor> Files() =>
    [
        .. typeof(TunnelFrame).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(TunnelFrame).Namespace && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => (FileDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"MapGrpc\w+\(\s*PlaneMethods\.(\w+),\s*AllowedPeers\.(\w+(?:\(""\w+""\))?)")]
    private static partial Regex Mapping();

    [GeneratedRegex(@"((?:^[ \t]*//.*\n)*)^[ \t]*rpc (\w+)", RegexOptions.Multiline)]
    private static partial Regex Rpc();
}
