using Federation.Contracts.V1;
using Federation.Domain.Assignments;

namespace Federation.Placement.Agents;

/// <summary>Gets the configs and secrets that an order needs, sealed to the agent that carries it out. Placement sees ciphertext alone.</summary>
public interface IMaterialSealer
{
    /// <summary>Seals the versions that the order's template names.</summary>
    /// <param name="order">The order; its references carry fixed versions.</param>
    /// <param name="recipientCertificate">The agent's certificate, DER.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="MaterialUnavailableException">SecretStore does not answer, or refuses.</exception>
    Task<IReadOnlyList<SealedMaterial>> SealAsync(Assignment order, ReadOnlyMemory<byte> recipientCertificate, CancellationToken cancellationToken);
}
