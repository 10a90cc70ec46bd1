namespace EndToEnd.Tests.Planes;

/// <summary>How a program ended and what it said.</summary>
internal sealed record CommandResult(int ExitCode, string Out, string Error)
{
    /// <summary>Both streams, for a failed assertion's message.</summary>
    public string All => $"exit code {ExitCode}\n{Out}{Error}";

    /// <summary>Itself, if the program ended well.</summary>
    public CommandResult Done()
    {
        Assert.True(ExitCode == 0, All);
        return this;
    }
}
