namespace Federation.Adapters.Images;

/// <summary>What a registry asks of who fetches an image.</summary>
/// <param name="UserName">The account; empty with an identity token.</param>
/// <param name="Password">Its password or token; empty with an identity token.</param>
/// <param name="IdentityToken">What stands in the place of both; null if nothing does.</param>
public sealed record RegistryLogin(string UserName, string Password, string? IdentityToken)
{
    /// <summary>The account; never the password.</summary>
    public override string ToString() => UserName;
}
