namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>A line of output.</summary>
/// <param name="Time">When the runtime took it; null if that was not asked for.</param>
/// <param name="Text">Its bytes, without the line's end.</param>
/// <param name="IsWhole">Whether its end has come; else it was cut, by its length or with the stream.</param>
internal readonly record struct LogLine(DateTimeOffset? Time, ReadOnlyMemory<byte> Text, bool IsWhole);
