using System.Security.Cryptography;

namespace Federation.Hosting.ApplicationModel;

/// <summary>
/// A value from outside the model: the variable <c>Parameters__NAME</c>. A secret that is not given is made once
/// (32 random bytes as base64) and kept in a file that only its owner reads.
/// </summary>
public sealed class ParameterResource : IResource
{
    private readonly string _keptIn;

    internal ParameterResource(string name, bool secret, string keysDirectory)
    {
        Name = name;
        Secret = secret;
        _keptIn = Path.Combine(keysDirectory, name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Whether the value must not be shown.</summary>
    public bool Secret { get; }

    /// <summary>The value.</summary>
    /// <exception cref="DistributedApplicationException">It is not given and cannot be made.</exception>
    public async ValueTask<string> GetValueAsync(CancellationToken cancellationToken)
    {
        string variable = $"Parameters__{Name.Replace('-', '_')}";
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given) return given;
        if (!Secret) throw new DistributedApplicationException($"the parameter '{Name}' has no value: set the variable {variable}");
        if (!File.Exists(_keptIn)) await OwnerOnly.WriteAsync(_keptIn, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), cancellationToken);
        return (await File.ReadAllTextAsync(_keptIn, cancellationToken)).Trim();
    }
}
