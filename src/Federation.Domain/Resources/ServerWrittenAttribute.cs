namespace Federation.Domain.Resources;

/// <summary>Marks a member that the plane writes: it is shown, and ignored on input, so that what was read can be applied again.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServerWrittenAttribute : Attribute;
