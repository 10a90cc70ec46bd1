using System.Net;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>How one API server is reached: its address, whom it must prove to be, who we are, and the way there.</summary>
public sealed class ClusterConnection
{
    private const string AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    internal ClusterConnection() { }

    /// <summary>The server's address; may have a path.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace where none is named.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>What the operator should hear, such as that a certificate is not looked at.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    internal ServerTrust Trust { get; init; } = ServerTrust.System;

    internal ICredentialSource Credentials { get; init; } = FixedCredentials.None;

    // Whose name the server's certificate bears and SNI asks for, if not that of the address.
    internal string? TlsServerName { get; init; }

    // Null: the server is reached without one.
    internal IWebProxy? Proxy { get; init; }

    internal IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The connection of a context; of the current one where <paramref name="context"/> is null.</summary>
    /// <param name="config">The kubeconfig.</param>
    /// <param name="context">One of its contexts, or null.</param>
    /// <param name="variable">Reads an environment variable: where the kubeconfig names no proxy, the environment may.</param>
    /// <param name="time">The clock by which credentials are read again.</param>
    /// <exception cref="KubeconfigException">The context, or what it names, is not there or cannot be used.</exception>
    public static ClusterConnection From(Kubeconfig config, string? context, Func<string, string?> variable, TimeProvider time)
    {
        string name = context is { Length: > 0 } ? context : config.CurrentContext;
        string known = config.Contexts.Count == 0 ? "there are none" : $"there are {string.Join(", ", config.Contexts.Keys.Order(StringComparer.Ordinal))}";
        if (name.Length == 0) throw new KubeconfigException($"no context is named and the kubeconfig has no current-context: name one of its contexts; {known}");
        if (!config.Contexts.TryGetValue(name, out KubeconfigContext? chosen)) throw new KubeconfigException($"the kubeconfig has no context {name}: {known}");
        if (!config.Clusters.TryGetValue(chosen.Cluster, out KubeconfigCluster? cluster)) throw new KubeconfigException($"{chosen.File}: context {name} is of cluster \"{chosen.Cluster}\", which is not there");
        KubeconfigUser? user = null;
        if (chosen.User.Length > 0 && !config.Users.TryGetValue(chosen.User, out user)) throw new KubeconfigException($"{chosen.File}: context {name} is of user \"{chosen.User}\", which is not there");
        Uri server = ServerOf(cluster);
        if (cluster.Insecure && (cluster.AuthorityFile is not null || cluster.AuthorityData is not null))
            throw new KubeconfigException($"{cluster}: insecure-skip-tls-verify and a certificate authority exclude each other: leave one out");
        List<string> warnings = [];
        if (cluster.Insecure) warnings.Add($"the certificate of {server} is not verified (insecure-skip-tls-verify in {cluster.File}): whoever is on the way can read and change everything, credentials too");
        if (server.Scheme == Uri.UriSchemeHttp) warnings.Add($"{server} is spoken with in the clear: whoever is on the way can read and change everything, credentials too");
        return new ClusterConnection
        {
            Server = server,
            Namespace = chosen.Namespace ?? "default",
            TlsServerName = cluster.TlsServerName,
            Trust = cluster.Insecure ? ServerTrust.Anyone
                : cluster.AuthorityData is { } data ? ServerTrust.Of(data, $"certificate-authority-data of {cluster}")
                : cluster.AuthorityFile is { } file ? ServerTrust.OfFile(file)
                : ServerTrust.System,
            // One that the kubeconfig names is gone through whatever the environment exempts.
            Proxy = cluster.ProxyUrl is { } proxy ? ProxyOf(proxy, cluster) : EnvironmentProxy.For(server, variable),
            Credentials = user is null ? FixedCredentials.None : CredentialsOf(user, cluster, time),
            Headers = user?.Impersonation ?? [],
            Warnings = warnings,
        };
    }

    /// <summary>The connection of a program that runs in the cluster itself, by its service account.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="time">The clock by which the token's file is read again.</param>
    /// <param name="folder">Where the service account's files are; null for where a kubelet lays them.</param>
    /// <exception cref="KubeconfigException">The program does not run in a cluster, or has no service account.</exception>
    public static ClusterConnection InCluster(Func<string, string?> variable, TimeProvider time, string? folder = null)
    {
        string at = folder ?? AccountFolder;
        if (variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port)
            throw new KubeconfigException("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this runs in no pod of a cluster");
        if (!Uri.TryCreate($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}/", UriKind.Absolute, out Uri? server))
            throw new KubeconfigException($"KUBERNETES_SERVICE_HOST ({host}) and KUBERNETES_SERVICE_PORT ({port}) are no address");
        string token = Path.Combine(at, "token");
        if (!File.Exists(token)) throw new KubeconfigException($"{token} is not there: the pod has no service account's token (automountServiceAccountToken)");
        string space = Path.Combine(at, "namespace");
        return new ClusterConnection
        {
            Server = server,
            Namespace = File.Exists(space) && File.ReadAllText(space).Trim() is { Length: > 0 } name ? name : "default",
            Trust = ServerTrust.OfFile(Path.Combine(at, "ca.crt")),
            Proxy = EnvironmentProxy.For(server, variable),
            Credentials = new FileCredentials(new FileCredentials.Parts { TokenFile = token }, time),
        };
    }

    private static Uri ServerOf(KubeconfigCluster cluster)
    {
        if (cluster.Server.Length == 0) throw new KubeconfigException($"{cluster} says no server");
        string text = cluster.Server.Contains("://", StringComparison.Ordinal) ? cluster.Server : "https://" + cluster.Server;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
            throw new KubeconfigException($"{cluster}: server is https://HOST:PORT, maybe with a path, and nothing else");
        return uri.AbsolutePath.EndsWith('/') ? uri : new UriBuilder(uri) { Path = uri.AbsolutePath + "/" }.Uri;
    }

    // Not repeated in the error: it may hold a password.
    private static WebProxy ProxyOf(string text, KubeconfigCluster cluster) => ProxyAddress.Read(text)
        ?? throw new KubeconfigException($"{cluster}: proxy-url is http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, maybe with NAME:PASSWORD@ before the host");

    private static ICredentialSource CredentialsOf(KubeconfigUser user, KubeconfigCluster cluster, TimeProvider time)
    {
        if (user.AuthProvider is { } provider)
            throw new KubeconfigException($"{user}: auth-provider {provider} is a form that Kubernetes has given up (1.26): use the provider's credential plugin under exec");
        if (user.Exec is { } plugin)
        {
            if (user.Token is not null || user.TokenFile is not null || user.UserName is not null) throw new KubeconfigException($"{user}: exec and a token, tokenFile or username exclude each other");
            if (plugin.InteractiveMode == "Always") throw new KubeconfigException($"{user}: the plugin {plugin} always asks at a terminal (interactiveMode Always), and there is none here");
            return new ExecCredentials(plugin, cluster, user, time);
        }
        if ((user.CertificateData ?? user.CertificateFile) is null != ((user.KeyData ?? user.KeyFile) is null)) throw new KubeconfigException($"{user}: a client certificate and its key belong together");
        if (user.UserName is not null && (user.Token ?? user.TokenFile) is not null) throw new KubeconfigException($"{user}: a token and a username exclude each other");
        return new FileCredentials(
            new FileCredentials.Parts
            {
                Token = user.Token,
                TokenFile = user.TokenFile,
                UserName = user.UserName,
                Password = user.Password,
                Certificate = user.CertificateData,
                CertificateFile = user.CertificateData is null ? user.CertificateFile : null,
                Key = user.KeyData,
                KeyFile = user.KeyData is null ? user.KeyFile : null,
                Owner = user.ToString(),
            },
            time);
    }
}
