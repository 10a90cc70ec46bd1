using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Routing.Tables;
using Federation.Tunnel.Connections;

namespace Federation.Gateway.Tunnels;

/// <summary>
/// Watches one tunnel: an agent that stands still (stopped, starved, cut off without a word) leaves its connection open and answers nothing. It is
/// asked several times a second; when neither an answer nor anything else comes, traffic goes elsewhere at once, long before the connection breaks.
/// A tunnel that stays mute is given up, so that an agent that does live dials a new one.
/// </summary>
internal static class TunnelWatch
{
    /// <summary>How long nothing may come out of a tunnel that was asked.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    /// <summary>How long a tunnel may be mute before it is given up.</summary>
    public static readonly TimeSpan MutePatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Watches until the tunnel ends.</summary>
    public static async Task RunAsync(NodeKey node, TunnelConnection connection, GatewayTable table, TimeProvider time)
    {
        NodeReach reach = table.Reach(node);
        try
        {
            while (!connection.Completion.IsCompleted)
            {
                Task<TimeSpan> ping = connection.PingAsync(CancellationToken.None);
                await AnswerAsync(node, ping, connection, table, time);
                await ping;
                reach.Ponged(time.GetTimestamp());
                if (reach.Stalled) table.SetStalled(node, false);
                await Task.WhenAny(Task.Delay(Between, time), connection.Completion);
            }
        }
        catch (TunnelRefusedException)
        {
            // The tunnel has ended, which its owner sees.
        }
    }

    private static async Task AnswerAsync(NodeKey node, Task<TimeSpan> ping, TunnelConnection connection, GatewayTable table, TimeProvider time)
    {
        long asked = time.GetTimestamp();
        while (!ping.IsCompleted && !connection.Completion.IsCompleted)
        {
            long before = time.GetTimestamp();
            await Task.WhenAny(ping, connection.Completion, Task.Delay(Look, time));
            // Who was late is ourselves: what came meanwhile has not been read yet.
            if (time.GetElapsedTime(before) > Look * 3) asked = time.GetTimestamp();
            if (ping.IsCompleted || time.GetElapsedTime(asked) < Patience || connection.Silence < Patience) continue;
            if (!table.Reach(node).Stalled) table.SetStalled(node, true);
            if (time.GetElapsedTime(asked) < MutePatience || connection.Silence < MutePatience) continue;
            await connection.DisposeAsync();
        }
    }
}
