using System.Globalization;

namespace Federation.Engine.Connecting;

/// <summary>Where a Docker Engine listens: <c>unix:///var/run/docker.sock</c> or <c>tcp://host:2376</c>.</summary>
public sealed record EngineAddress
{
    /// <summary>Where an engine listens that nobody has configured.</summary>
    public static EngineAddress Default { get; } = new() { SocketPath = "/var/run/docker.sock" };

    private EngineAddress() { }

    /// <summary>The Unix socket's path; null for TCP.</summary>
    public string? SocketPath { get; private init; }

    /// <summary>The host's name or address; null for a Unix socket.</summary>
    public string? Host { get; private init; }

    /// <summary>The TCP port.</summary>
    public int Port { get; private init; }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It is none; the message says which forms there are.</exception>
    public static EngineAddress Parse(string text)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal) && text["unix://".Length..] is ['/', _, ..] path) return new() { SocketPath = path };
        if (text.StartsWith("tcp://", StringComparison.Ordinal) && Uri.TryCreate("http://" + text["tcp://".Length..], UriKind.Absolute, out Uri? uri)
            && uri is { Host.Length: > 0, AbsolutePath: "/", Query: "", UserInfo: "" } && text.LastIndexOf(':') > Math.Max("tcp:".Length, text.LastIndexOf(']')))
            return new() { Host = uri.IdnHost, Port = uri.Port };
        throw new FormatException("an engine's address is unix:///PATH or tcp://HOST:PORT");
    }

    /// <inheritdoc/>
    public override string ToString() => SocketPath is not null ? "unix://" + SocketPath : string.Create(CultureInfo.InvariantCulture, $"tcp://{(Host!.Contains(':') ? $"[{Host}]" : Host)}:{Port}");
}
