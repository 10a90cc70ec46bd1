namespace Federation.Contracts.Api;

/// <summary>Asks for a service's part of the offline kit.</summary>
/// <param name="Recipient">A public key on P-256 (SubjectPublicKeyInfo, DER), to which the answer is sealed.</param>
public sealed record KitRequest(byte[] Recipient);
