using static System.Environment;

namespace Federation.Sample;

/// <summary>Who this replica is, as its Agent told it by environment variables.</summary>
internal sealed record ReplicaIdentity(string Workload, string Namespace, string Cluster, string Node, string Replica, string Revision, string Version, int Port)
{
    public static ReplicaIdentity FromEnvironment() => new(
        Text("FEDERATION_WORKLOAD"),
        Text("FEDERATION_NAMESPACE"),
        Text("FEDERATION_CLUSTER"),
        Text("FEDERATION_NODE"),
        Text("FEDERATION_REPLICA"),
        Text("FEDERATION_REVISION"),
        GetEnvironmentVariable("VERSION") ?? "1",
        int.TryParse(GetEnvironmentVariable("PORT"), out int port) ? port : 5000);

    private static string Text(string name) => GetEnvironmentVariable(name) ?? "";
}
