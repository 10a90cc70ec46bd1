namespace Federation.ServiceDefaults.Resources;

/// <summary>In whose name fields are written.</summary>
/// <param name="Manager">The name that owns what is changed.</param>
/// <param name="KeepsOwners">Whether what is changed stays its owners': earlier values come back.</param>
public sealed record FieldWriter(string Manager, bool KeepsOwners = false);
