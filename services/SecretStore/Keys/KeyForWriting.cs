using Federation.Security.AtRest;
using Federation.Storage;

namespace Federation.SecretStore.Keys;

/// <summary>The key that a write encrypts with.</summary>
/// <param name="Key">The tenant's current data key.</param>
/// <param name="Conditions">Hold if it still is, when the write is committed.</param>
/// <param name="Writes">Store it, where the tenant had none.</param>
internal sealed record KeyForWriting(DataKey Key, IReadOnlyList<StoreCondition> Conditions, IReadOnlyList<StoreWrite> Writes);
