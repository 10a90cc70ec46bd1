namespace Federation.Hosting.ApplicationModel;

/// <summary>A resource while the model is being written.</summary>
/// <typeparam name="T">What is built.</typeparam>
public interface IResourceBuilder<out T> where T : IResource
{
    /// <summary>The resource.</summary>
    T Resource { get; }

    /// <summary>The model it is part of.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }
}
