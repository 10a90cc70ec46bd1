using Federation.Security.Tokens;

namespace Federation.ServiceDefaults.Auth;

/// <summary>What tokens are checked by.</summary>
/// <param name="Rules">Issuer and audience.</param>
/// <param name="Keys">The keys that may have signed them.</param>
public sealed record PlaneKeys(TokenRules Rules, JsonWebKeySet Keys);
