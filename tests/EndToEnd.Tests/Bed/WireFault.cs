namespace EndToEnd.Tests.Bed;

/// <summary>What becomes of the frames of one direction of a <see cref="Wire"/>.</summary>
/// <param name="Cut">All are dropped.</param>
/// <param name="Loss">This part of them is dropped, by chance.</param>
/// <param name="Delay">How late they arrive.</param>
/// <param name="Jitter">At most so much later still, by chance; their order stays.</param>
internal sealed record WireFault(bool Cut = false, double Loss = 0, TimeSpan Delay = default, TimeSpan Jitter = default)
{
    public static readonly WireFault None = new();
    public static readonly WireFault Severed = new(Cut: true);
}
