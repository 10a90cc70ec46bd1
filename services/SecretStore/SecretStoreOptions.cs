namespace Federation.SecretStore;

/// <summary>What SecretStore is told by its configuration.</summary>
public sealed record SecretStoreOptions
{
    /// <summary>Its store and certificate.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The key-encryption keys. Made at the first start if it is not there.</summary>
    public required string KekFile { get; init; }

    /// <summary>Reads <c>Federation__StateDirectory</c> and <c>Federation__KekFile</c>.</summary>
    public static SecretStoreOptions From(IConfiguration configuration) => new()
    {
        StateDirectory = configuration["Federation:StateDirectory"] ?? throw new InvalidOperationException("Federation__StateDirectory is not set"),
        KekFile = configuration["Federation:KekFile"] ?? throw new InvalidOperationException("Federation__KekFile is not set: the file with the key-encryption key"),
    };
}
