namespace Simulation.Tests.Invariants;

/// <summary>The invariants that schedules are held against, by their number in the design and a name.</summary>
public static class Invariant
{
    public const string AcknowledgedWrites = "1 acknowledged writes survive";
    public const string Linearizable = "1 calls take effect one after another";
    public const string DesiredPlusSurge = "2 desired plus surge";
    public const string OneHolder = "2 a singleton has one holder";
    public const string OrderedEnds = "3 nothing ends without an order";
    public const string UnknownIsNotAbsent = "3 the unknown is not absent";
    public const string Repaired = "4 compared and repaired";
    public const string ReadyFirst = "5 ready before the old is given up";
    public const string NoFurther = "5 a bad version goes no further";
    public const string DataStays = "5 data is used in one place";
    public const string NoOvercommit = "6 no overcommit";
    public const string Function = "7 the planner is a function";
    public const string Settled = "7 re-planning is empty";
    public const string Explained = "8 a refusal names its rule";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        AcknowledgedWrites, Linearizable, DesiredPlusSurge, OneHolder, OrderedEnds, UnknownIsNotAbsent, Repaired, ReadyFirst, NoFurther, DataStays, NoOvercommit, Function, Settled,
        Explained,
    ];
}
