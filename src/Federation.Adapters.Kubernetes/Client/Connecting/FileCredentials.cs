namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>
/// Credentials that are written down, in the kubeconfig or in files of their own. The files are read again every 10 s and after a refusal, for they are
/// rotated; what was good last stays good while a file cannot be read.
/// </summary>
internal sealed class FileCredentials(FileCredentials.Parts parts, TimeProvider time) : ICredentialSource
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private ClusterCredentials? _last;
    private (string? Token, string? Certificate, string? Key) _read;
    private long _readAt;

    public ValueTask<ClusterCredentials> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_last is { } last && (!parts.HasFiles || time.GetElapsedTime(_readAt) < Fresh)) return ValueTask.FromResult(last);
            try
            {
                (string? Token, string? Certificate, string? Key) read = (Text(parts.TokenFile), Text(parts.CertificateFile), Text(parts.KeyFile));
                if (_last is null || read != _read)
                {
                    string? token = read.Token?.Trim() is { Length: > 0 } fromFile ? fromFile : parts.Token;
                    if (parts.TokenFile is not null && token is null) throw new KubeconfigException($"{parts.TokenFile}, which should hold a token, is empty");
                    string? certificate = parts.Certificate ?? read.Certificate, key = parts.Key ?? read.Key;
                    _last = ClusterCredentials.Of(token, parts.UserName, parts.Password, certificate is not null && key is not null ? (certificate, key, parts.Owner) : null);
                    _read = read;
                }
                _readAt = time.GetTimestamp();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or KubeconfigException)
            {
                // A file in the middle of its rotation: what was good last, and another look soon.
                if (_last is { } good)
                {
                    _readAt = time.GetTimestamp();
                    return ValueTask.FromResult(good);
                }
                if (e is not KubeconfigException) throw new KubeconfigException($"{parts.Owner}: its credentials cannot be read: {e.Message}", e);
                throw;
            }
            return ValueTask.FromResult(_last);
        }
    }

    public void Refused(ClusterCredentials credentials)
    {
        lock (_lock)
        {
            // Due at once; what it holds stays for when the file cannot be read.
            if (parts.HasFiles) _readAt = time.GetTimestamp() - (long)(Fresh.TotalSeconds * time.TimestampFrequency) - 1;
        }
    }

    private static string? Text(string? file) => file is null ? null : File.ReadAllText(file);

    /// <summary>What is written, and where. No record: its text would show it.</summary>
    public sealed class Parts
    {
        public string? Token { get; init; }

        public string? TokenFile { get; init; }

        public string? UserName { get; init; }

        public string? Password { get; init; }

        public string? Certificate { get; init; }

        public string? CertificateFile { get; init; }

        public string? Key { get; init; }

        public string? KeyFile { get; init; }

        public string Owner { get; init; } = "the service account";

        public bool HasFiles => (TokenFile ?? CertificateFile ?? KeyFile) is not null;
    }
}
