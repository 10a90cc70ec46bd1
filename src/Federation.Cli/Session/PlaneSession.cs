using System.Net;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Client.Resources;
using Federation.Domain.Resources;
using Federation.Manifests.Text;

namespace Federation.Cli.Session;

/// <summary>A plane, an identity and a namespace, for the length of one command.</summary>
internal sealed class PlaneSession : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    // Opened at the first use, so that a mistyped command is told as such before a missing login is.
    private readonly Lazy<FederationClient> _client;

    private PlaneSession(Func<FederationClient> open) => _client = new(open);

    public FederationClient Client => _client.Value;

    public string Namespace => Client.Namespace;

    public static PlaneSession Open(string path, string? name, string? tenant, string? room, Action<string> warn) => new(() =>
    {
        LoadedContextFile loaded = ContextFile.Load(path);
        ClientContext context = loaded.File.Find(name) ?? throw (name is null
            ? new CliException(ExitCode.Refused, $"not logged in: {path} has no current context", "start 'dotnet run --project AppHost', or log in: fedctl login --server URL --client-id ID")
            : new CliException(ExitCode.NotFound, $"{path} has no context '{name}'", "see them with: fedctl context list"));
        if (loaded.Warning is { } warning) warn(warning);
        return FederationClient.Create(context with { Tenant = tenant ?? context.Tenant, Namespace = room ?? context.Namespace }, new PlanePatience(warn).Options);
    });

    public static CliException NotFound(ResourceKind kind, string name) =>
        new(ExitCode.NotFound, $"{ResourceTarget.Of(kind, name)} is not there", $"see what is: fedctl get {kind.Plural}");

    public async Task<Resource> RequireAsync(ResourceKind kind, string name, CancellationToken ct, bool withOwners = false)
    {
        try
        {
            return withOwners ? await Client.GetWithOwnersAsync(kind, name, ct: ct) : await Client.GetAsync(kind, name, ct: ct);
        }
        catch (ApiException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            throw await NotFoundAsync(kind, name, ct);
        }
    }

    /// <summary>The refusal of a name, with the nearest that is there.</summary>
    public async Task<CliException> NotFoundAsync(ResourceKind kind, string name, CancellationToken ct)
    {
        try
        {
            if (NearestName.Find(name, (await ListAsync(kind, false, null, ct)).Select(static item => item.Metadata.Name)) is { } near)
                return new(ExitCode.NotFound, $"{ResourceTarget.Of(kind, name)} is not there; did you mean {near}?", $"see what is: fedctl get {kind.Plural}");
        }
        catch (ApiException)
        {
            // Who may not list gets the plain answer.
        }
        return NotFound(kind, name);
    }

    public async Task<IReadOnlyList<Resource>> ListAsync(ResourceKind kind, bool allNamespaces, string? labels, CancellationToken ct) =>
        (await Client.ListAsync(kind, new ListQuery { AllNamespaces = allNamespaces && kind.Namespaced, LabelSelector = labels }, ct)).Items;

    /// <returns>False if it was not there.</returns>
    public async Task<bool> DeleteAsync(ResourceKind kind, string room, string name, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync(kind, name, room, ct: ct);
            return true;
        }
        catch (ApiException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <exception cref="CliException">The time ran out.</exception>
    public async Task UntilGoneAsync(IReadOnlyList<(ResourceKind Kind, string Namespace, string Name)> doomed, TimeSpan timeout, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        foreach ((ResourceKind kind, string room, string name) in doomed)
        {
            while (await PlanePatience.WithinAsync(timeout, start, token => Client.FindAsync(kind, name, room, token), ct) is not null)
            {
                if (TimeProvider.System.GetElapsedTime(start) > timeout)
                    throw new CliException(ExitCode.Timeout, $"{ResourceTarget.Of(kind, name)} is still there after {timeout.TotalSeconds:0} s", $"see why with: fedctl describe {kind.Name.ToLowerInvariant()} {name}");
                await Task.Delay(Pause, ct);
            }
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
    }
}
