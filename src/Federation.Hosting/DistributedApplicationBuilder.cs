using System.Reflection;
using Federation.Hosting.ApplicationModel;

namespace Federation.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly Dictionary<string, IResource> _resources = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ProjectResource> _projects = [];
    private Func<TimeSpan, CancellationToken, Task<string>>? _onReady;
    private Func<Task>? _onFresh;

    public DistributedApplicationBuilder(LaunchOptions options, string? appHostDirectory = null)
    {
        Options = options;
        AppHostDirectory = appHostDirectory ?? ProjectDirectory();
        StateDirectory = options.StateDirectory ?? Path.GetFullPath(Path.Combine(AppHostDirectory, "..", ".federation"));
    }

    public string AppHostDirectory { get; }

    public string StateDirectory { get; }

    public LaunchOptions Options { get; }

    public IResourceBuilder<ProjectResource> AddProject(string name, string projectPath)
    {
        var project = new ProjectResource(name, Path.GetFullPath(Path.Combine(AppHostDirectory, projectPath)));
        _projects.Add(project);
        return Add(project);
    }

    public IResourceBuilder<ParameterResource> AddParameter(string name, bool secret = false) =>
        Add(new ParameterResource(name, secret, Path.Combine(StateDirectory, "keys")));

    public IResourceBuilder<IResourceWithConnectionString> AddConnectionString(string name) => Add(new ConnectionStringResource(name));

    public void OnReady(Func<TimeSpan, CancellationToken, Task<string>> describe) => _onReady = describe;

    public void OnFresh(Func<Task> callback) => _onFresh = callback;

    public DistributedApplication Build() => new(Snapshot());

    internal ApplicationModelSnapshot Snapshot() => new(Options, StateDirectory, _projects, _onReady, _onFresh);

    private ResourceBuilder<T> Add<T>(T resource) where T : IResource
    {
        if (!_resources.TryAdd(resource.Name, resource)) throw new DistributedApplicationException($"the model already has a resource '{resource.Name}'");
        return new(resource, this);
    }

    // The AppHost's build writes its own folder into its assembly, as Aspire's does.
    private static string ProjectDirectory() =>
        Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "AppHostProjectPath")?.Value
        ?? Environment.CurrentDirectory;

    private sealed record ResourceBuilder<T>(T Resource, IDistributedApplicationBuilder ApplicationBuilder) : IResourceBuilder<T> where T : IResource;
}
