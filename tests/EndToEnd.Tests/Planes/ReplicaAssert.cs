using EndToEnd.Tests.Machine;

namespace EndToEnd.Tests.Planes;

/// <summary>What must be so of the programs of replicas.</summary>
internal static class ReplicaAssert
{
    /// <summary>What ran runs, in the very processes: nothing was started anew, moved or ended. Otherwise which, and what the plane tells of it.</summary>
    public static async Task NoneBegunAnewAsync(RunningPlane plane, SortedDictionary<string, ProcessMark> before, SortedDictionary<string, ProcessMark> after)
    {
        string[] changed =
        [
            .. before.Where(old => after.GetValueOrDefault(old.Key) != old.Value).Select(old => $"- {old.Key} {old.Value}"),
            .. after.Where(now => before.GetValueOrDefault(now.Key) != now.Value).Select(now => $"+ {now.Key} {now.Value}"),
        ];
        if (changed.Length > 0) Assert.Fail($"{string.Join('\n', changed)}\n{(await plane.FedctlAsync("events")).All}\n{(await plane.FedctlAsync("get", "replicas")).All}");
    }
}
