namespace Federation.Manifests.Loading;

/// <summary>How Compose files among the inputs are read.</summary>
public sealed record StackChoices
{
    /// <summary>The stack's name; the variable <c>COMPOSE_PROJECT_NAME</c>, each file's own, or else that of its folder or file, if null.</summary>
    public string? Name { get; init; }

    /// <summary>The profiles whose services are taken.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>Variables that stand in the files.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Files of variables, in place of <c>.env</c> beside the first file.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];
}
