using Federation.Adapters.Node.Commands;
using Federation.Engine;
using Federation.Engine.Containers;

namespace Federation.Adapters.Node.Containers;

/// <summary>Begins commands inside containers.</summary>
public static class ContainerExec
{
    /// <summary>Begins one.</summary>
    /// <exception cref="EngineException">The engine refused.</exception>
    public static async Task<IReplicaCommand> BeginAsync(
        EngineClient engine, string container, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, TimeProvider time, CancellationToken cancellationToken)
    {
        ExecStream exec = await engine.ExecAsync(container, new ExecSpec
        {
            Cmd = command,
            Tty = terminal is not null,
            AttachStdin = input || terminal is not null,
            Env = terminal is null ? null : ["TERM=xterm-256color"],
            WorkingDir = null,
        }, cancellationToken);
        var running = new ContainerCommand(engine, container, exec, terminal is not null, input, time);
        if (terminal is { Columns: { } columns, Rows: { } rows }) await running.ResizeAsync(columns, rows, cancellationToken);
        return running;
    }
}
