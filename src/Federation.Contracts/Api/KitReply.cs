namespace Federation.Contracts.Api;

/// <summary>A service's part of the offline kit.</summary>
/// <param name="Box">Sealed to the recipient's key.</param>
public sealed record KitReply(byte[] Box)
{
    /// <summary>What Identity's part is sealed for.</summary>
    public const string IdentityPurpose = "kit/identity";

    /// <summary>What SecretStore's part is sealed for.</summary>
    public const string SecretStorePurpose = "kit/secretstore";
}
