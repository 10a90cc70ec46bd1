using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Architecture.Tests;

/// <summary>The pure libraries see no logger, clock, randomness or I/O: read from what their compiled code refers to.</summary>
public class PurityTests
{
    private static readonly string[] ForbiddenNamespaces =
    [
        "Microsoft.Extensions.", "Microsoft.AspNetCore.", "System.Net", "System.IO.Pipes", "System.IO.Pipelines",
    ];

    private static readonly HashSet<string> ForbiddenTypes =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.RandomAccess",
        "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "System.Console", "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process",
        "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.Thread", "System.Threading.ThreadPool",
    ];

    private static readonly HashSet<string> ForbiddenMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Environment.get_TickCount", "System.Environment.get_TickCount64",
        "System.Environment.GetEnvironmentVariable", "System.Environment.get_MachineName", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay",
    ];

    /// <summary>The planner, the verdicts and the table, whole; the Domain but for the secure source of its own seam for chance.</summary>
    public static TheoryData<Type, string[]> PureLibraries => new()
    {
        { typeof(Federation.Domain.Resources.Resource), ["System.Security.Cryptography.RandomNumberGenerator"] },
        { typeof(Federation.Scheduling.PlacementPlanner), [] },
        { typeof(Federation.Health.Verdicts.VerdictBook), [] },
        { typeof(Federation.Routing.Tables.RouteTable), [] },
    };

    [Theory]
    [MemberData(nameof(PureLibraries))]
    public void PureLibrary_Code_RefersToNoLoggerClockChanceOrInput(Type library, string[] exceptions)
    {
        using PEReader file = new(File.OpenRead(library.Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            string name = NameOf(metadata, handle);
            if (!exceptions.Contains(name) && (ForbiddenTypes.Contains(name) || ForbiddenNamespaces.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))) found.Add(name);
        }
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference) continue;
            string name = $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}";
            if (ForbiddenMembers.Contains(name)) found.Add(name);
        }
        Assert.True(found.Count == 0, $"{library.Assembly.GetName().Name} refers to {string.Join(", ", found)}: pass it in as a value, or move the caller to a loop");
    }

    [Fact]
    public void PureLibraries_Assemblies_ReferOnlyToDomainAndTheRuntime() =>
        Assert.All(PureLibraries, row => Assert.All(row.Data.Item1.Assembly.GetReferencedAssemblies(), reference => Assert.True(
            reference.Name!.StartsWith("System", StringComparison.Ordinal) || reference.Name == "Federation.Domain", $"{row.Data.Item1.Assembly.GetName().Name} refers to {reference.Name}")));

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
