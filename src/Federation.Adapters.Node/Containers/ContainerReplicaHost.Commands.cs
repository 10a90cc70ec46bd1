using System.Globalization;
using System.Text;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Hosting;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Engine;

namespace Federation.Adapters.Node.Containers;

public sealed partial class ContainerReplicaHost
{
    private const int MostSaid = 200;

    /// <summary>Runs a command inside a running replica's container, as its user and with its environment; null if it does not run.</summary>
    /// <exception cref="IOException">The engine refused.</exception>
    public async Task<IReplicaCommand?> RunCommandAsync(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, CancellationToken cancellationToken)
    {
        string container;
        lock (_gate)
        {
            if (!_hosted.TryGetValue(replica, out HostedContainer? hosted) || hosted is not { Begun: true, End: null, Container: { } id }) return null;
            container = id;
        }
        return await ContainerExec.BeginAsync(_engine, container, command, terminal, input, _time, cancellationToken);
    }

    private async Task<ProbeOutcome> ProbeByCommandAsync(HostedContainer hosted, ExecCheck check, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await using IReplicaCommand? command = await RunCommandAsync(hosted.Record.Id, check.Command, terminal: null, input: false, both.Token);
            if (command is null) return new(false, "it does not run yet");
            var said = new StringBuilder();
            await command.CopyOutputAsync((_, piece, _) =>
            {
                if (said.Length < MostSaid) said.Append(Encoding.UTF8.GetString(piece.Span[..Math.Min(piece.Length, MostSaid)]));
                return ValueTask.CompletedTask;
            }, both.Token);
            int code = await command.WaitAsync(both.Token);
            if (code == 0) return ProbeOutcome.Passed;
            string words = said.ToString().Trim();
            return new(false, string.Create(CultureInfo.InvariantCulture, $"its check ends with exit code {code}{(words.Length > 0 ? ": " + words : "")}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(false, string.Create(CultureInfo.InvariantCulture, $"its check does not end within {limit.TotalSeconds} s"));
        }
        catch (EngineException e)
        {
            return new(false, e.Message);
        }
    }
}
