namespace Federation.Adapters.Rendering;

/// <summary>What a cluster would be told of one order, without telling it: made by the code that makes what is sent.</summary>
/// <param name="Requests">In the order in which an agent makes them; none if anything refuses.</param>
/// <param name="Unsaid">What of the workload the cluster is not told.</param>
/// <param name="Refusals">Why such a cluster gets none of its replicas; empty if it may.</param>
public sealed record OrderRendering(IReadOnlyList<RenderedRequest> Requests, IReadOnlyList<FieldNote> Unsaid, IReadOnlyList<FieldNote> Refusals)
{
    /// <summary>What stands in place of a secret's value. It is no base64: what was rendered is not applied by mistake.</summary>
    public const string Mask = "***";

    /// <summary>Nothing, for these reasons.</summary>
    public static OrderRendering Refused(IReadOnlyList<FieldNote> refusals) => new([], [], refusals);
}
