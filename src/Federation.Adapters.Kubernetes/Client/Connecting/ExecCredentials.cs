using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>
/// Credentials that a plugin gives. It is run when there are none, when they have expired and once after a refusal, by one caller at a time; it has no terminal.
/// Nothing that it prints is in any error or log.
/// </summary>
internal sealed class ExecCredentials(ExecPlugin plugin, KubeconfigCluster cluster, KubeconfigUser user, TimeProvider time) : ICredentialSource
{
    private const int MostOutput = 1024 * 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Given? _given;

    /// <summary>How long the plugin may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    public async ValueTask<ClusterCredentials> GetAsync(CancellationToken cancellationToken)
    {
        if (Good() is { } good) return good;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Good() is { } others) return others;
            Given given = Read(await RunAsync(cancellationToken));
            _given = given;
            return given.Credentials;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Refused(ClusterCredentials credentials)
    {
        // Others may have them anew already.
        if (_given is { } given && ReferenceEquals(given.Credentials, credentials)) _given = null;
    }

    private ClusterCredentials? Good() => _given is { } given && (given.Expires is not { } expires || time.GetUtcNow() < expires) ? given.Credentials : null;

    private async Task<byte[]> RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(plugin.Command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in plugin.Arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in plugin.Variables) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = Info();
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw Failed(plugin.InstallHint is { Length: > 0 } hint ? $"cannot be started; its makers say: {hint.Trim()}" : "cannot be started: is it installed, and in PATH?", e);
        }
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            process.StandardInput.Close();
            Task errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, both.Token);
            byte[] output = await OutputAsync(process.StandardOutput.BaseStream, both.Token);
            await errors;
            await process.WaitForExitAsync(both.Token);
            if (process.ExitCode != 0) throw Failed(string.Create(CultureInfo.InvariantCulture, $"ends with exit code {process.ExitCode}: run it by hand to see why"));
            return output;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"gives nothing within {Patience.TotalSeconds} s; it has no terminal to ask at"));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private async Task<byte[]> OutputAsync(Stream output, CancellationToken cancellationToken)
    {
        var buffered = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        for (int read; (read = await output.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (buffered.Length + read > MostOutput) throw Failed(string.Create(CultureInfo.InvariantCulture, $"prints more than {MostOutput} bytes"));
            buffered.Write(buffer, 0, read);
        }
        return buffered.ToArray();
    }

    private Given Read(byte[] output)
    {
        ExecCredential? credential = null;
        try
        {
            credential = JsonSerializer.Deserialize(output, KubernetesJson.Default.ExecCredential);
        }
        catch (JsonException)
        {
            // Neither the text nor what the parser says of it goes on: both may hold the credential.
        }
        if (credential is not { Kind: "ExecCredential" }) throw Failed("prints no ExecCredential");
        if (credential.ApiVersion != plugin.ApiVersion) throw Failed($"was asked for {plugin.ApiVersion} and answers in another version");
        if (credential.Status is not { } status) throw Failed("prints an ExecCredential without status");
        bool hasPair = status.ClientCertificateData is { Length: > 0 } && status.ClientKeyData is { Length: > 0 };
        if (!hasPair && (status.ClientCertificateData is { Length: > 0 } || status.ClientKeyData is { Length: > 0 })) throw Failed("gives a client certificate without its key, or a key alone");
        if (!hasPair && status.Token is not { Length: > 0 }) throw Failed("gives neither a token nor a client certificate");
        (string, string, string)? pair = hasPair ? (status.ClientCertificateData!, status.ClientKeyData!, $"{user}: plugin {plugin}")
            // The kubeconfig may have a certificate of its own beside the plugin's token.
            : (Own(user.CertificateData, user.CertificateFile), Own(user.KeyData, user.KeyFile)) is ({ } certificate, { } key) ? (certificate, key, user.ToString())
            : null;
        return new Given(ClusterCredentials.Of(status.Token is { Length: > 0 } token ? token : null, null, null, pair), status.ExpirationTimestamp);
    }

    private string? Own(string? data, string? file)
    {
        try
        {
            return data ?? (file is null ? null : File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{user}: {file} cannot be read: {e.Message}", e);
        }
    }

    private string Info()
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (plugin.ProvideClusterInfo)
        {
            var about = new JsonObject { ["server"] = cluster.Server };
            if (cluster.TlsServerName is { } name) about["tls-server-name"] = name;
            if (cluster.Insecure) about["insecure-skip-tls-verify"] = true;
            if (cluster.AuthorityData is { } data) about["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(data));
            else if (Own(null, cluster.AuthorityFile) is { } authority) about["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
            if (cluster.ProxyUrl is { } proxy) about["proxy-url"] = proxy;
            if (cluster.PluginConfiguration is { } config) about["config"] = JsonNode.Parse(config);
            spec["cluster"] = about;
        }
        return new JsonObject { ["apiVersion"] = plugin.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
    }

    private KubeconfigException Failed(string what, Exception? inner = null) => new($"{user}: the credential plugin {plugin} {what}", inner);

    private sealed record Given(ClusterCredentials Credentials, DateTimeOffset? Expires)
    {
        public override string ToString() => Credentials.ToString();
    }
}

/// <summary>What a plugin prints.</summary>
internal sealed record ExecCredential(string? ApiVersion, string? Kind, ExecCredentialStatus? Status)
{
    public override string ToString() => nameof(ExecCredential);
}

/// <summary>The credential itself.</summary>
internal sealed record ExecCredentialStatus(string? Token, string? ClientCertificateData, string? ClientKeyData, DateTimeOffset? ExpirationTimestamp)
{
    public override string ToString() => nameof(ExecCredentialStatus);
}
