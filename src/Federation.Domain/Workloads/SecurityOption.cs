namespace Federation.Domain.Workloads;

/// <summary>Options of a container's confinement, as the engine writes them.</summary>
public static class SecurityOption
{
    /// <summary>The option by which a program can gain no rights beyond those that its container has.</summary>
    public const string NoNewPrivileges = "no-new-privileges:true";

    private const string Name = "no-new-privileges";

    // As the engine reads it: https://github.com/moby/moby/blob/master/daemon/daemon_unix.go (parseSecurityOpt), and Go's words for true.
    private static readonly string[] Yes = ["1", "t", "T", "TRUE", "true", "True"];

    /// <summary>Whether an option says <see cref="NoNewPrivileges"/>: <c>no-new-privileges</c>, alone or with a word for true behind <c>:</c> or <c>=</c>. Every other option may take confinement away.</summary>
    public static bool IsNoNewPrivileges(string option) =>
        option == Name || (option.Length > Name.Length && option.StartsWith(Name, StringComparison.Ordinal) && option[Name.Length] is ':' or '=' && Yes.Contains(option[(Name.Length + 1)..], StringComparer.Ordinal));
}
