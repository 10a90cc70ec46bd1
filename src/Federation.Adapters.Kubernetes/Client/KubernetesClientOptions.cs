namespace Federation.Adapters.Kubernetes.Client;

/// <summary>How an API server is spoken with.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>How long the answer to a plain request may take, and the beginning of a stream.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is sent again that an overloaded server has not carried out (429).</summary>
    public int MostRepeats { get; init; } = 5;

    /// <summary>The longest wait before one of those, whatever the server asks for.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many objects a list asks for at once.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Who writes, as the server keeps it in managedFields.</summary>
    public string FieldManager { get; init; } = "federation";

    /// <summary>Named in the server's audit log.</summary>
    public string UserAgent { get; init; } = "federation";
}
