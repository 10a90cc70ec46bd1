namespace Federation.Hosting.ApplicationModel;

/// <summary>A resource that is reached by a connection string: consumers get it as <c>ConnectionStrings__NAME</c>.</summary>
public interface IResourceWithConnectionString : IResource
{
    /// <summary>The connection string; null if none is known.</summary>
    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default);
}
