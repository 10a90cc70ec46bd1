using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Node;

namespace Federation.Agent.Logs;

/// <summary>
/// Ships replicas' output where <c>Agent__Logs__Otlp__Endpoint</c> or <c>Agent__Logs__Elasticsearch__Endpoint</c> say so; each with an
/// <c>AuthorizationFile</c>, Elasticsearch with an <c>Index</c> (federation-logs).
/// </summary>
public static class LogShipping
{
    /// <summary>A loop for each receiver that is configured.</summary>
    public static IEnumerable<(string Name, Func<CancellationToken, Task> Run)> Loops(IServiceProvider provider)
    {
        IConfigurationSection logs = provider.GetRequiredService<IConfiguration>().GetSection("Agent:Logs");
        AgentOptions options = provider.GetRequiredService<AgentOptions>();
        if (Http(logs.GetSection("Otlp"), "/v1/logs") is { } otlp) yield return Loop(new OtlpLogs(otlp, options.Cluster, options.Node));
        if (Http(logs.GetSection("Elasticsearch"), "/_bulk") is { } elasticsearch)
            yield return Loop(new ElasticsearchLogs(elasticsearch, logs["Elasticsearch:Index"] is { Length: > 0 } index ? index : "federation-logs", options.Cluster, options.Node));

        (string, Func<CancellationToken, Task>) Loop(ILogReceiver receiver)
        {
            NodeReconciler reconciler = provider.GetRequiredService<NodeReconciler>();
            var shipper = new LogShipper(
                provider.GetRequiredService<NodeReplicaHost>().Logs,
                () => reconciler.Current.Replicas.ToDictionary(static replica => replica.Id, static replica => replica.Workload),
                receiver,
                new LogPositions(Path.Combine(options.StateDirectory, $"log-positions-{receiver.Name}.json")),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LogShipper>>());
            return ($"logs to {receiver.Name}", shipper.RunAsync);
        }
    }

    private static HttpReceiver? Http(IConfigurationSection section, string path) => section["Endpoint"] is not { Length: > 0 } endpoint ? null
        : Uri.TryCreate(endpoint.TrimEnd('/') + path, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? new HttpReceiver(address, section["AuthorizationFile"])
            : throw new InvalidOperationException($"{section.Path.Replace(":", "__", StringComparison.Ordinal)}__Endpoint is not an http or https address");
}
