namespace Federation.Engine.Streams;

/// <summary>A piece of output. Valid until the next one is asked for.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Content">What was written.</param>
public readonly record struct OutputPiece(OutputSource Source, ReadOnlyMemory<byte> Content);
