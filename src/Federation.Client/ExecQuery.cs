namespace Federation.Client;

/// <summary>A command to run beside a replica.</summary>
public sealed record ExecQuery
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Which replica; the workload's only one if null.</summary>
    public string? Replica { get; init; }

    /// <summary>Whether input will be sent.</summary>
    public bool Input { get; init; }

    /// <summary>The size of the terminal that it gets; none if null.</summary>
    public (int Columns, int Rows)? Terminal { get; init; }
}
