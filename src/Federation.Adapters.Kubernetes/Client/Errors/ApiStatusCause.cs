namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>One thing that is wrong.</summary>
/// <param name="Reason">For programs, such as <c>FieldValueInvalid</c> or <c>FieldManagerConflict</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Field">The field, by path.</param>
public sealed record ApiStatusCause(string? Reason, string? Message, string? Field);
