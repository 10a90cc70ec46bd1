namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>A program that gives credentials when it is run (<c>client.authentication.k8s.io</c>).</summary>
public sealed record ExecPlugin
{
    /// <summary>The version in which it is spoken with: <c>client.authentication.k8s.io/v1</c> or <c>/v1beta1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The program: a name that is looked up in PATH, or a path; a relative one with a slash counts from the kubeconfig's folder.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables beside those that we have ourselves.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>Whether it is told of the cluster.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary><c>Never</c>, <c>IfAvailable</c> or <c>Always</c> a terminal. There is none.</summary>
    public string InteractiveMode { get; init; } = "IfAvailable";

    /// <summary>What its makers say to somebody who lacks it.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Names the program alone: arguments and variables may be confidential.</summary>
    public override string ToString() => Command;
}
