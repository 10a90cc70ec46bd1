using Federation.TestKit.Engine;

namespace Federation.Engine.Tests;

/// <summary>The client by the engine's Unix socket.</summary>
public sealed class EngineClientOverSocketTests(SharedDockerEngine shared) : EngineClientTests(shared, EngineWay.Socket);
