using Federation.Security.Principals;

namespace Federation.Identity.Tokens;

/// <summary>What <see cref="SecretChecks"/> makes of a secret.</summary>
public abstract record SecretVerdict
{
    private SecretVerdict() { }

    /// <summary>It is the client's.</summary>
    /// <param name="Principal">Whom the client speaks for.</param>
    public sealed record Right(Principal Principal) : SecretVerdict;

    /// <summary>There is no such client, or the secret is another.</summary>
    public sealed record Wrong : SecretVerdict
    {
        private Wrong() { }

        /// <summary>The one value.</summary>
        public static Wrong Instance { get; } = new();
    }

    /// <summary>Not checked: too many failures under this client id.</summary>
    /// <param name="RetryAfter">When it will be checked again.</param>
    public sealed record Limited(TimeSpan RetryAfter) : SecretVerdict;
}
