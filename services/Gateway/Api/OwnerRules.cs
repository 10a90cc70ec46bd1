namespace Federation.Gateway.Api;

/// <summary>Which service owns a path of the API.</summary>
public static class OwnerRules
{
    /// <summary>The owning service's name.</summary>
    public static string OwnerOf(string path)
    {
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments switch
        {
            ["oauth2" or ".well-known", ..] => "identity",
            ["v1", "audit" or "keys", "secrets", ..] => "secretstore",
            ["v1", "audit" or "backups", "placement", ..] => "placement",
            ["v1", "backups" or "kits", "secretstore", ..] => "secretstore",
            ["v1", "backups" or "kits", ..] => "identity",
            ["v1", "tenants" or "serviceaccounts" or "jointokens" or "revocations" or "audit" or "keys", ..] => "identity",
            ["v1", "namespaces"] or ["v1", "namespaces", _] => "identity",
            ["v1", "secrets" or "configs", ..] or ["v1", "namespaces", _, "secrets" or "configs", ..] => "secretstore",
            ["v1", "replicas", ..] or ["v1", "namespaces", _, "replicas", ..] or ["v1", "namespaces", _, "workloads", _, "replicas"] => "health",
            _ => "placement",
        };
    }
}
