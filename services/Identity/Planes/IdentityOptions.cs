using Federation.Security.Tokens;

namespace Federation.Identity.Planes;

/// <summary>What Identity is told by its configuration.</summary>
public sealed record IdentityOptions
{
    /// <summary>Its store and certificate.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The key-encryption keys. Made at the first start if it is not there.</summary>
    public required string KekFile { get; init; }

    /// <summary>What the other services on this machine read: authority, join tokens, the first administrator.</summary>
    public required string BootstrapDirectory { get; init; }

    /// <summary>The plane's id, for a new plane; made by chance if null.</summary>
    public string? PlaneId { get; init; }

    /// <summary>The issuer's address: the API door as clients reach it.</summary>
    public required string Issuer { get; init; }

    /// <summary>What tokens carry.</summary>
    public TokenRules TokenRules => new(Issuer, TokenRules.FederationAudience);

    /// <summary>Reads <c>Federation__StateDirectory</c>, <c>KekFile</c>, <c>BootstrapDirectory</c>, <c>PlaneId</c> and <c>Issuer</c>.</summary>
    public static IdentityOptions From(IConfiguration configuration)
    {
        string state = configuration["Federation:StateDirectory"] ?? throw new InvalidOperationException("Federation__StateDirectory is not set");
        string issuer = configuration["Federation:Issuer"] ?? "http://localhost:7070";
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || issuer.EndsWith('/'))
            throw new InvalidOperationException($"Federation__Issuer is '{issuer}'; it must be an http or https address without a slash at its end");
        return new()
        {
            StateDirectory = state,
            KekFile = configuration["Federation:KekFile"] ?? throw new InvalidOperationException("Federation__KekFile is not set: the file with the key-encryption key"),
            BootstrapDirectory = configuration["Federation:BootstrapDirectory"] ?? Path.Combine(state, "bootstrap"),
            PlaneId = configuration["Federation:PlaneId"],
            Issuer = issuer,
        };
    }
}
