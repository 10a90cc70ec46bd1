namespace Federation.Engine.Containers;

/// <summary>The request that starts a command.</summary>
internal sealed record ExecStart(bool Detach, bool Tty);
