namespace Federation.Hosting.ApplicationModel;

/// <summary>The verbs of the application model, by the names and meaning of Aspire's.</summary>
public static class ProjectResourceBuilding
{
    /// <summary>Adds arguments to the program's command line.</summary>
    public static IResourceBuilder<ProjectResource> WithArgs(this IResourceBuilder<ProjectResource> builder, params string[] args)
    {
        builder.Resource.Arguments.AddRange(args);
        return builder;
    }

    /// <summary>Sets a variable.</summary>
    public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> builder, string name, string? value) =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = value ?? "");

    /// <summary>Sets a variable to a parameter's value.</summary>
    public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> builder, string name, IResourceBuilder<ParameterResource> parameter) =>
        builder.WithEnvironment(async context => context.EnvironmentVariables[name] = await parameter.Resource.GetValueAsync(context.CancellationToken));

    /// <summary>Sets a variable to an endpoint's address.</summary>
    public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> builder, string name, EndpointReference endpoint) =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = endpoint.Url);

    /// <summary>Adds to the environment by a callback, run each time before the process starts.</summary>
    public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> builder, Action<EnvironmentCallbackContext> callback) =>
        builder.WithEnvironment(context =>
        {
            callback(context);
            return Task.CompletedTask;
        });

    /// <summary>Adds to the environment by an asynchronous callback, run each time before the process starts.</summary>
    public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> builder, Func<EnvironmentCallbackContext, Task> callback)
    {
        builder.Resource.EnvironmentCallbacks.Add(callback);
        return builder;
    }

    /// <summary>An HTTP endpoint on loopback.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="port">Its port, before the launcher's shift.</param>
    /// <param name="name">Its name.</param>
    /// <param name="env">The variable that tells the project its port.</param>
    public static IResourceBuilder<ProjectResource> WithHttpEndpoint(this IResourceBuilder<ProjectResource> builder, int port, string name = "http", string? env = null) =>
        builder.WithEndpoint(port, "http", name, env);

    /// <summary>An endpoint with TLS on loopback.</summary>
    /// <inheritdoc cref="WithHttpEndpoint"/>
    public static IResourceBuilder<ProjectResource> WithHttpsEndpoint(this IResourceBuilder<ProjectResource> builder, int port, string name = "https", string? env = null) =>
        builder.WithEndpoint(port, "https", name, env);

    /// <summary>The endpoint by its name.</summary>
    public static EndpointReference GetEndpoint(this IResourceBuilder<ProjectResource> builder, string name) =>
        builder.Resource.Endpoints.FirstOrDefault(endpoint => endpoint.EndpointName == name)
        ?? throw new DistributedApplicationException($"'{builder.Resource.Name}' has no endpoint '{name}'");

    /// <summary>Tells the project where another one is: <c>services__NAME__ENDPOINT__0</c>, and so on for its further instances.</summary>
    public static IResourceBuilder<ProjectResource> WithReference(this IResourceBuilder<ProjectResource> builder, IResourceBuilder<ProjectResource> source) =>
        builder.WithEnvironment(context =>
        {
            foreach (EndpointReference endpoint in source.Resource.Endpoints)
                for (int instance = 0; instance < endpoint.Ports.Count; instance++)
                    context.EnvironmentVariables[$"services__{source.Resource.Name}__{endpoint.EndpointName}__{instance}"] = endpoint.Address(endpoint.Ports[instance]);
        });

    /// <summary>Gives the project a connection string: <c>ConnectionStrings__NAME</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithReference(this IResourceBuilder<ProjectResource> builder, IResourceBuilder<IResourceWithConnectionString> source) =>
        builder.WithEnvironment(async context =>
            context.EnvironmentVariables[$"ConnectionStrings__{source.Resource.Name}"] = await source.Resource.GetConnectionStringAsync(context.CancellationToken) ?? "");

    /// <summary>Ready means that a GET of the path succeeds.</summary>
    public static IResourceBuilder<ProjectResource> WithHttpHealthCheck(this IResourceBuilder<ProjectResource> builder, string path = "/health", string endpointName = "http")
    {
        builder.Resource.HttpHealthCheck = (builder.GetEndpoint(endpointName), path);
        return builder;
    }

    /// <summary>Ready means, beside other checks, that this one says so.</summary>
    public static IResourceBuilder<ProjectResource> WithHealthCheck(this IResourceBuilder<ProjectResource> builder, Func<CancellationToken, Task<bool>> check)
    {
        builder.Resource.HealthChecks.Add(check);
        return builder;
    }

    /// <summary>Runs that many instances. The first has the declared ports, the others free ones.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        builder.Resource.Replicas = replicas;
        return builder;
    }

    /// <summary>Starts only when the other is ready and its <see cref="OnResourceReady"/> callbacks have run.</summary>
    public static IResourceBuilder<ProjectResource> WaitFor(this IResourceBuilder<ProjectResource> builder, IResourceBuilder<ProjectResource> dependency)
    {
        builder.Resource.WaitsFor.Add(dependency.Resource);
        return builder;
    }

    /// <summary>Runs once, when the resource is ready for the first time and before those that wait for it start.</summary>
    public static IResourceBuilder<ProjectResource> OnResourceReady(this IResourceBuilder<ProjectResource> builder, Func<CancellationToken, Task> callback)
    {
        builder.Resource.ReadyCallbacks.Add(callback);
        return builder;
    }

    /// <summary>Runs when the launcher, told to stop, has stopped the resource; not where it gives up because a program cannot start.</summary>
    public static IResourceBuilder<ProjectResource> OnResourceStopped(this IResourceBuilder<ProjectResource> builder, Func<Task> callback)
    {
        builder.Resource.StoppedCallbacks.Add(callback);
        return builder;
    }

    /// <summary>A command of the resource's own, given from outside while the application runs; its answer is for a person.</summary>
    public static IResourceBuilder<ProjectResource> WithCommand(this IResourceBuilder<ProjectResource> builder, string name, string description, Func<ExecuteCommandContext, Task<string>> execute)
    {
        builder.Resource.Commands[name] = (description, execute);
        return builder;
    }

    private static IResourceBuilder<ProjectResource> WithEndpoint(this IResourceBuilder<ProjectResource> builder, int port, string scheme, string name, string? env)
    {
        if (builder.Resource.Endpoints.Any(endpoint => endpoint.EndpointName == name))
            throw new DistributedApplicationException($"'{builder.Resource.Name}' already has an endpoint '{name}'");
        builder.Resource.Endpoints.Add(new EndpointReference(builder.Resource, name, scheme, port, env));
        return builder;
    }
}
