namespace Federation.Adapters.Rendering;

/// <summary>What is to be said of a field of a workload.</summary>
/// <param name="Path">Where it stands: <c>spec.template.container.init</c>.</param>
/// <param name="Reason">What becomes of it, and why; a sentence without a full stop.</param>
public sealed record FieldNote(string Path, string Reason);
