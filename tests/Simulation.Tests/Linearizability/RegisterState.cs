namespace Simulation.Tests.Linearizability;

/// <summary>A register between two operations.</summary>
/// <param name="Value">What it holds; null: nothing.</param>
/// <param name="Revision">Its revision.</param>
internal readonly record struct RegisterState(string? Value, long Revision)
{
    /// <summary>The state after an operation that takes effect now; null if it could not have gone as its caller saw it.</summary>
    public RegisterState? After(RegisterOperation operation) => operation switch
    {
        RegisterOperation.Read read => read.Value == Value && read.Revision == Revision ? this : null,
        RegisterOperation.Written written => (written.Condition ?? Revision) == Revision && written.Revision > Revision ? new(written.Value, written.Revision) : null,
        RegisterOperation.Refused refused => refused.Condition != Revision ? this : null,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };
}
