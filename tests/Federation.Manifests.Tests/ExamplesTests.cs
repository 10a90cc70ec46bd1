using Federation.Domain.Workloads;
using Federation.Manifests.Reading;

namespace Federation.Manifests.Tests;

public sealed class ExamplesTests
{
    public static TheoryData<string> Files() => [.. RepositoryFiles.Under("examples/hello").Concat(RepositoryFiles.Under("examples/shop"))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_EveryExample_IsAccepted(string path)
    {
        ReadOutcome outcome = ResourceReader.Read(File.ReadAllBytes(RepositoryFiles.Full(path)), path);
        Assert.True(outcome is ReadOutcome.Accepted, outcome is ReadOutcome.Refused refused ? string.Join('\n', refused.Errors) : "");
    }

    [Fact]
    public void Read_Hello_BindsEveryMember()
    {
        var outcome = Assert.IsType<ReadOutcome.Accepted>(ResourceReader.Read(File.ReadAllBytes(RepositoryFiles.Full("examples/hello/hello.yaml")), "hello.yaml"));
        Assert.Equal(["Workload", "Route"], outcome.Resources.Select(resource => resource.Kind.Name));
        var workload = (Workload)outcome.Resources[0].Resource;
        Assert.Equal("hello", workload.Metadata.Name);
        Assert.Equal("federation-sample", workload.Spec.Template.Process!.Command);
        Assert.Equal(["web"], workload.Spec.Template.Process.Arguments);
        Assert.Equal(50, workload.Spec.Template.Resources!.Cpu.Value);
        Assert.Equal("/healthz", workload.Spec.Template.HealthCheck!.Http!.Path);
        Assert.Equal(2, workload.Spec.Template.HealthCheck.IntervalSeconds);
    }
}
