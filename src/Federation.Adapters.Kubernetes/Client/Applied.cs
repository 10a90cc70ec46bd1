using System.Text.Json.Nodes;

namespace Federation.Adapters.Kubernetes.Client;

/// <summary>The answer to a write: the object as it is now.</summary>
/// <param name="Object">The object.</param>
/// <param name="Created">Whether it was not there before.</param>
/// <param name="Warnings">What the server warns of, such as a version that ends; for the user.</param>
internal sealed record Applied(JsonObject Object, bool Created, IReadOnlyList<string> Warnings)
{
    /// <summary>Unchanged by a write that wrote nothing.</summary>
    public string? ResourceVersion => Text("resourceVersion");

    public string? Uid => Text("uid");

    /// <summary>It goes away all the same: an apply to such an object is a success and changes nothing of that. Wait until it is gone.</summary>
    public bool IsBeingDeleted => Text("deletionTimestamp") is not null;

    private string? Text(string member) => (string?)(Object["metadata"] as JsonObject)?[member];

    /// <summary>No values.</summary>
    public override string ToString() => $"{(string?)Object["kind"]} {Text("name")} at {ResourceVersion}";
}
