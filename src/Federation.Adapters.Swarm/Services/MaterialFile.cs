using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>One file that an order needs.</summary>
/// <param name="Files">The version that it is of.</param>
/// <param name="Key">Its key there.</param>
/// <param name="Name">Its name in the swarm.</param>
/// <param name="Target">Its path inside the container.</param>
internal sealed record MaterialFile(SealedFiles Files, string Key, string Name, string Target)
{
    /// <summary>Whose it is and with which rights, where the template says so.</summary>
    public FileTarget? Placing { get; init; }

    /// <summary>Whether it is a secret.</summary>
    public bool IsSecret => Files.Kind == "Secret";
}
