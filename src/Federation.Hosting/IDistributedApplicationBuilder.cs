using Federation.Hosting.ApplicationModel;

namespace Federation.Hosting;

/// <summary>The application model while it is being written.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The folder of the AppHost project; relative paths begin here.</summary>
    string AppHostDirectory { get; }

    /// <summary>Where everything that must survive the launcher is kept.</summary>
    string StateDirectory { get; }

    /// <summary>A program of this solution.</summary>
    /// <param name="name">How others refer to it, and the label of its log lines.</param>
    /// <param name="projectPath">The project file, relative to <see cref="AppHostDirectory"/>.</param>
    IResourceBuilder<ProjectResource> AddProject(string name, string projectPath);

    /// <summary>A value from outside.</summary>
    /// <param name="name">Given as <c>Parameters__NAME</c>.</param>
    /// <param name="secret">Never shown; made and kept if not given.</param>
    IResourceBuilder<ParameterResource> AddParameter(string name, bool secret = false);

    /// <summary>A connection string from outside, given as <c>ConnectionStrings__NAME</c>.</summary>
    IResourceBuilder<IResourceWithConnectionString> AddConnectionString(string name);

    /// <summary>Runs once everything is ready: what it returns is printed.</summary>
    void OnReady(Func<TimeSpan, CancellationToken, Task<string>> describe);

    /// <summary>Runs before <c>--fresh</c> removes what is under <see cref="StateDirectory"/>.</summary>
    void OnFresh(Func<Task> callback);

    /// <summary>Closes the model.</summary>
    DistributedApplication Build();
}
