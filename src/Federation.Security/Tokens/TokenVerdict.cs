using Federation.Security.Principals;

namespace Federation.Security.Tokens;

/// <summary>What <see cref="TokenVerifier"/> makes of a token.</summary>
public abstract record TokenVerdict
{
    private TokenVerdict() { }

    /// <summary>Every rule holds.</summary>
    /// <param name="Principal">Whom it speaks for.</param>
    /// <param name="ExpiresAt">Its end.</param>
    public sealed record Accepted(Principal Principal, DateTimeOffset ExpiresAt) : TokenVerdict;

    /// <summary>Its key is not in the set: a newer set may hold it.</summary>
    /// <param name="KeyId">The key it names.</param>
    public sealed record UnknownKey(string KeyId) : TokenVerdict;

    /// <summary>It breaks a rule.</summary>
    /// <param name="Rule">The rule, as a sentence; never a part of the token.</param>
    public sealed record Refused(string Rule) : TokenVerdict;
}
