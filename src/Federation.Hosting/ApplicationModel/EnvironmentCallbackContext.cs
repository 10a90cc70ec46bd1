namespace Federation.Hosting.ApplicationModel;

/// <summary>Lets a callback add to a process's environment, each time before it starts.</summary>
public sealed class EnvironmentCallbackContext
{
    internal EnvironmentCallbackContext(IResource resource, IDictionary<string, object> variables, CancellationToken cancellationToken)
    {
        Resource = resource;
        EnvironmentVariables = variables;
        CancellationToken = cancellationToken;
    }

    /// <summary>The resource about to start.</summary>
    public IResource Resource { get; }

    /// <summary>The environment so far.</summary>
    public IDictionary<string, object> EnvironmentVariables { get; }

    /// <summary>Ends with the launcher.</summary>
    public CancellationToken CancellationToken { get; }
}
