using static Simulation.Tests.Linearizability.RegisterOperation;

namespace Simulation.Tests.Linearizability;

/// <summary>The checker, held against histories whose answer is known.</summary>
public class LinearizabilityTests
{
    public static readonly TheoryData<string, RegisterOperation[]> Good = new()
    {
        { "nothing", [] },
        { "one after another", [new Written(1, 2, "a", null, 5), new Read(3, 4, "a", 5), new Written(5, 6, "b", 5, 9), new Read(7, 8, "b", 9)] },
        { "a read beside a write sees either", [new Written(1, 9, "a", null, 5), new Read(2, 3, null, 0), new Read(4, 5, "a", 5)] },
        { "of two writes at once either is last", [new Written(1, 9, "a", null, 6), new Written(1, 9, "b", null, 5), new Read(10, 11, "a", 6)] },
        { "an unanswered write that took effect late", [new Unanswered(1, "a", null), new Read(5, 6, null, 0), new Read(7, 8, "a", 3)] },
        { "an unanswered write that never did", [new Unanswered(1, "a", null), new Written(2, 3, "b", 0, 4), new Read(4, 5, "b", 4)] },
        { "a refusal by a write that nobody has seen", [new Unanswered(1, "a", null), new Refused(2, 3, 0), new Read(4, 5, "a", 7)] },
        { "a refusal of a condition that is gone", [new Written(1, 2, "a", null, 5), new Written(3, 6, "b", 5, 6), new Refused(4, 7, 5)] },
        { "a choice that has to be taken back", [new Written(1, 10, "a", null, 1), new Written(1, 10, "b", null, 2), new Written(1, 10, "c", null, 3), new Read(2, 9, "b", 2), new Read(11, 12, "c", 3)] },
    };

    public static readonly TheoryData<string, RegisterOperation[]> Bad = new()
    {
        { "a lost write", [new Written(1, 2, "a", null, 5), new Read(3, 4, null, 0)] },
        { "a stale read", [new Written(1, 2, "a", null, 5), new Written(3, 4, "b", null, 6), new Read(5, 6, "a", 5)] },
        { "two readers see two orders", [new Written(1, 20, "a", null, 5), new Written(1, 20, "b", null, 6), new Read(2, 3, "b", 6), new Read(4, 5, "a", 5)] },
        { "both of two conditional writes", [new Written(1, 2, "a", null, 5), new Written(3, 9, "b", 5, 6), new Written(3, 9, "c", 5, 7)] },
        { "a value that nobody wrote", [new Read(1, 2, "a", 5)] },
        { "a write that ended before it was there", [new Unanswered(1, "a", null), new Read(2, 3, "a", 4), new Read(5, 6, null, 0)] },
        { "a read from the future", [new Read(1, 2, "a", 5), new Written(3, 4, "a", null, 5)] },
        { "a revision given twice", [new Written(1, 2, "a", null, 5), new Written(3, 4, "b", null, 5)] },
        { "another revision than was acknowledged", [new Written(1, 2, "a", null, 5), new Read(3, 4, "a", 6)] },
        { "a refusal although the condition held", [new Written(1, 2, "a", null, 5), new Refused(3, 4, 5)] },
        { "revisions that fall", [new Written(1, 2, "a", null, 5), new Written(3, 4, "b", null, 4)] },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void IsLinearizable_AnOrderExists_True(string name, RegisterOperation[] history) => Assert.True(LinearizabilityCheck.IsLinearizable(history), name);

    [Theory]
    [MemberData(nameof(Bad))]
    public void IsLinearizable_NoOrderExists_False(string name, RegisterOperation[] history) => Assert.False(LinearizabilityCheck.IsLinearizable(history), name);

    // Every caller at once on one register that really is one: many orders, and each of them right.
    [Fact]
    public void IsLinearizable_ManyCallersOfARealRegister_True()
    {
        var chance = new Federation.TestKit.Time.SeededChance(7);
        var history = new List<RegisterOperation>();
        (string? Value, long Revision) register = (null, 0);
        for (int moment = 0; moment < 400; moment += 2)
        {
            // It takes effect now; its caller began before and hears of it later.
            int began = moment - chance.Next(12), ended = moment + 1 + chance.Next(12);
            switch (chance.Next(4))
            {
                case 0:
                    register = ($"v{moment}", register.Revision + 1 + chance.Next(3));
                    history.Add(new Written(began, ended, register.Value!, null, register.Revision));
                    break;
                case 1:
                    register = ($"v{moment}", register.Revision + 1);
                    history.Add(new Unanswered(began, register.Value!, null));
                    break;
                case 2:
                    history.Add(new Refused(began, ended, register.Revision + 100));
                    break;
                default:
                    history.Add(new Read(began, ended, register.Value, register.Revision));
                    break;
            }
        }
        Assert.True(LinearizabilityCheck.IsLinearizable(history));
        int read = history.FindLastIndex(static operation => operation is Read { Revision: > 0 });
        history[read] = (Read)history[read] with { Revision = 1, Value = "v-none" };
        Assert.False(LinearizabilityCheck.IsLinearizable(history));
    }
}
