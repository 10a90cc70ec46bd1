namespace Federation.Domain.Workloads;

/// <summary>Names of Linux capabilities, written as in <c>NET_ADMIN</c>, <c>CAP_NET_ADMIN</c> or <c>cap_net_admin</c>; <c>ALL</c> is all of them.</summary>
public static class LinuxCapabilities
{
    /// <summary>
    /// Those by which a container cannot take its machine: what the policy "baseline" of the Kubernetes Pod Security Standards
    /// (https://kubernetes.io/docs/concepts/security/pod-security-standards/, "Capabilities") lets a pod add. Engines give all of them to a container that says nothing
    /// (https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities), and <c>NET_RAW</c> beside them, which that policy leaves out.
    /// </summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    /// <summary>A name in capitals and without <c>CAP_</c>.</summary>
    public static string Plain(string name)
    {
        string upper = name.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper[4..] : upper;
    }

    /// <summary>Whether it is one of <see cref="Usual"/>, however it is written.</summary>
    public static bool IsUsual(string name) => Usual.Contains(Plain(name), StringComparer.Ordinal);
}
