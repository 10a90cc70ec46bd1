namespace Federation.Hosting.ApplicationModel;

/// <summary>A connection string from outside the model: the variable <c>ConnectionStrings__NAME</c>, passed on to those that refer to it.</summary>
public sealed class ConnectionStringResource : IResourceWithConnectionString
{
    internal ConnectionStringResource(string name) => Name = name;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        string variable = $"ConnectionStrings__{Name}";
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
            ? new(given)
            : throw new DistributedApplicationException($"the connection string '{Name}' has no value: set the variable {variable}");
    }
}
