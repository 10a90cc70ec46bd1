namespace Federation.Hosting.ApplicationModel;

/// <summary>A program of this solution, run from its build output.</summary>
public sealed class ProjectResource : IResource
{
    internal ProjectResource(string name, string projectPath)
    {
        Name = name;
        ProjectPath = projectPath;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Full path of the project file.</summary>
    public string ProjectPath { get; }

    internal int Replicas { get; set; } = 1;

    internal List<string> Arguments { get; } = [];

    internal List<EndpointReference> Endpoints { get; } = [];

    internal List<Func<EnvironmentCallbackContext, Task>> EnvironmentCallbacks { get; } = [];

    internal List<ProjectResource> WaitsFor { get; } = [];

    internal List<Func<CancellationToken, Task<bool>>> HealthChecks { get; } = [];

    internal (EndpointReference Endpoint, string Path)? HttpHealthCheck { get; set; }

    internal List<Func<CancellationToken, Task>> ReadyCallbacks { get; } = [];

    internal List<Func<Task>> StoppedCallbacks { get; } = [];

    internal Dictionary<string, (string Description, Func<ExecuteCommandContext, Task<string>> Execute)> Commands { get; } = new(StringComparer.Ordinal);
}
