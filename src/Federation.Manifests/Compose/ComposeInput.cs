namespace Federation.Manifests.Compose;

/// <summary>What a stack is read from.</summary>
public sealed record ComposeInput
{
    /// <summary>The files, the first first; what a later one says is joined with, or stands in place of, what the earlier ones say.</summary>
    public required IReadOnlyList<ComposeText> Files { get; init; }

    /// <summary>The stack's name; the variable <c>COMPOSE_PROJECT_NAME</c>, or else the file's own <c>name</c> if null.</summary>
    public string? Name { get; init; }

    /// <summary>The stack's name where neither <see cref="Name"/> nor the variable, nor a file gives one.</summary>
    public string? UsualName { get; init; }

    /// <summary>Whether its resources belong to no stack and are named as they are written, as what <c>docker service create</c> makes is.</summary>
    public bool OfNoStack { get; init; }

    /// <summary>The folder that paths of the files begin at.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>The profiles whose services are taken beside those that have none; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>Variables that stand in the files, before those of <c>.env</c>.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Opens a file that these name; null where nothing else is to be read.</summary>
    public Func<string, byte[]>? Open { get; init; }

    /// <summary>Files of variables, in place of <c>.env</c> in <see cref="Folder"/>.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];

    /// <summary>What is put up with; the usual if null.</summary>
    public ReadLimits? Limits { get; init; }
}
