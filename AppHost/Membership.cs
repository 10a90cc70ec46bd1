namespace Federation.AppHost;

/// <summary>How a service is given its key files, and its place in the plane.</summary>
internal static class Membership
{
    /// <summary>The authority to trust, and the token for the first certificate.</summary>
    public static IResourceBuilder<ProjectResource> WithMembership(this IResourceBuilder<ProjectResource> service, LocalState state) => service
        .WithEnvironment("Federation__AuthorityFile", state.Authority)
        .WithEnvironment("Federation__JoinTokenFile", state.ServiceToken(service.Resource.Name));

    /// <summary>Configuration is read once. A watch on its files takes an inotify instance from each process, and a user has few of them.</summary>
    public static IResourceBuilder<ProjectResource> WithoutFileWatch(this IResourceBuilder<ProjectResource> service) =>
        service.WithEnvironment("DOTNET_hostBuilder__reloadConfigOnChange", "false");

    /// <summary>Gives a secret as a file that its owner alone reads: an environment is shown in process lists.</summary>
    public static IResourceBuilder<ProjectResource> WithKeyFile(this IResourceBuilder<ProjectResource> service, string variable, IResourceBuilder<ParameterResource> key, LocalState state) =>
        service.WithEnvironment(async context =>
        {
            string value = await key.Resource.GetValueAsync(context.CancellationToken);
            string path = state.Key(key.Resource.Name);
            if (!File.Exists(path)) await OwnerOnly.WriteAsync(path, value, context.CancellationToken);
            context.EnvironmentVariables[variable] = path;
        });
}
