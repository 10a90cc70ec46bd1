namespace Federation.Hosting.ApplicationModel;

/// <summary>One thing in the application model; its name is how others refer to it.</summary>
public interface IResource
{
    /// <summary>The name, unique in the model without regard to case.</summary>
    string Name { get; }
}
