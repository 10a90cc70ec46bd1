using Federation.Domain.Workloads;

namespace Federation.Manifests.Foreign;

/// <summary>What a port most likely speaks, in the words of a resource. A Compose file does not say, unless by <c>app_protocol</c> or x-federation.</summary>
internal static class HttpGuess
{
    /// <summary>http, http2 or tcp.</summary>
    public static string Of(int port) => PortGuess.Of(port).ToString().ToLowerInvariant();
}
