using Federation.Domain.Workloads;

namespace Simulation.Tests.World;

/// <summary>Templates whose program does not work, as a bad release is: told by its arguments, which the simulated machine obeys.</summary>
public static class FailingProgram
{
    private const string Hang = "hang", Crash = "crash";

    /// <summary>The arguments of a version that works.</summary>
    public static IReadOnlyList<string> Good(int version) => [$"v{version}"];

    /// <summary>The arguments of one that never answers, or ends soon after its start.</summary>
    public static IReadOnlyList<string> Bad(int version, bool crashes) => [$"v{version}", crashes ? Crash : Hang];

    public static bool Hangs(WorkloadTemplate template) => template.Process?.Arguments?.Contains(Hang) ?? false;

    public static bool Crashes(WorkloadTemplate template) => template.Process?.Arguments?.Contains(Crash) ?? false;
}
