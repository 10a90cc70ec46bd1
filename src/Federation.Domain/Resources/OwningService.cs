namespace Federation.Domain.Resources;

/// <summary>The service that is the only writer of a kind.</summary>
public enum OwningService
{
    /// <summary>Desired state of work.</summary>
    Placement,

    /// <summary>Who, and how much.</summary>
    Identity,

    /// <summary>Secrets and configs.</summary>
    SecretStore,
}
