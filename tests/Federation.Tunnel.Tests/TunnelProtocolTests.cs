using Federation.Contracts.V1;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Tests.Fixtures;
using Google.Protobuf;

namespace Federation.Tunnel.Tests;

/// <summary>A peer that writes its frames by hand, and badly.</summary>
public sealed class TunnelProtocolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Violations => new()
    {
        { "data-never-opened", "never opened" },
        { "reused-id", "number that is used" },
        { "wrong-parity", "number that is used or not the opener's" },
        { "overrun", "credit" },
        { "data-before-accept", "not open yet" },
        { "data-after-end", "after the end" },
        { "second-end", "second end" },
        { "empty-data", "Data" },
        { "empty-frame", "None" },
        { "opened-unasked", "Opened" },
        { "credit-zero", "credit out of range" },
        { "credit-overflow", "credit out of range" },
        { "data-on-zero", "without a stream" },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Violation_ClosesTheTunnel_AndSaysWhichRule(string act, string rule)
    {
        (LinkedStream ours, LinkedStream peer) = LinkedStream.Pair();
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TunnelConnection tunnel = TunnelConnection.Start(ours, TunnelRole.Gateway, async (target, ct) =>
        {
            if (target.TargetCase == TunnelOpen.TargetOneofCase.AgentApi)
                await never.Task.WaitAsync(ct);
            return new TunnelDecision.Accept((_, ct2) => never.Task.WaitAsync(ct2));
        });

        if (act is not ("data-never-opened" or "wrong-parity" or "data-before-accept" or "data-on-zero" or "empty-frame"))
        {
            await peer.SendAsync(new TunnelFrame { Stream = 1, Open = Targets.Mesh }, Ct);
            Assert.Equal(TunnelFrame.FrameOneofCase.Opened, (await peer.ReceiveAsync(Ct)).Message.FrameCase);
        }
        foreach (TunnelFrame frame in Frames(act))
            await peer.SendAsync(frame, Ct);

        TunnelEnd end = await Answer(tunnel, peer);
        Assert.Contains(rule, Assert.IsType<TunnelEnd.Violation>(end).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LateFrames_OnAnEndedStream_AreIgnored()
    {
        (LinkedStream ours, LinkedStream peer) = LinkedStream.Pair();
        await using TunnelConnection tunnel = TunnelConnection.Start(ours, TunnelRole.Gateway, Targets.RefuseAll);
        await peer.SendAsync(new TunnelFrame { Stream = 1, Open = Targets.Mesh }, Ct);
        Assert.Equal("this end takes no streams", (await peer.ReceiveAsync(Ct)).Message.Opened.Refusal);

        await peer.SendAsync(Data(1, 100), Ct);
        await peer.SendAsync(new TunnelFrame { Stream = 1, Reset = "late" }, Ct);
        await peer.SendAsync(new TunnelFrame { Ping = 42 }, Ct);

        Assert.Equal(42ul, (await peer.ReceiveAsync(Ct)).Message.Pong);
        await peer.CompleteAsync(Ct);
    }

    [Fact]
    public async Task Pings_OfAPeerThatReadsNothing_EndTheTunnel()
    {
        (LinkedStream ours, LinkedStream peer) = LinkedStream.Pair();
        await using TunnelConnection tunnel = TunnelConnection.Start(ours, TunnelRole.Gateway, Targets.RefuseAll);

        // A tunnel that has ended takes no more: what is being sent then waits for good.
        for (ulong i = 1; !tunnel.Completion.IsCompleted && i < 10_000; i++)
            await Task.WhenAny(peer.SendAsync(new TunnelFrame { Ping = i }, Ct).AsTask(), tunnel.Completion).WaitAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.Contains("pings", Assert.IsType<TunnelEnd.Violation>(await tunnel.Completion).Rule, StringComparison.Ordinal);
    }

    private static IEnumerable<TunnelFrame> Frames(string act) => act switch
    {
        "data-never-opened" => [Data(9, 1)],
        "reused-id" => [new() { Stream = 1, Open = Targets.Mesh }],
        "wrong-parity" => [new() { Stream = 2, Open = Targets.Mesh }],
        "overrun" => [.. Enumerable.Repeat(Data(1, 64 * 1024), 4), Data(1, 1)],
        "data-before-accept" => [new() { Stream = 1, Open = new TunnelOpen { AgentApi = true } }, Data(1, 1)],
        "data-after-end" => [new() { Stream = 1, End = true }, Data(1, 1)],
        "second-end" => [new() { Stream = 1, End = true }, new() { Stream = 1, End = true }],
        "empty-data" => [Data(1, 0)],
        "empty-frame" => [new()],
        "opened-unasked" => [new() { Stream = 1, Opened = new TunnelOpened() }],
        "credit-zero" => [new() { Stream = 1, Window = 0 }],
        "credit-overflow" => [new() { Stream = 1, Window = int.MaxValue }],
        "data-on-zero" => [Data(0, 1)],
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };

    private static TunnelFrame Data(uint stream, int length) => new() { Stream = stream, Data = ByteString.CopyFrom(new byte[length]) };

    /// <summary>Reads the tunnel's word of farewell, ends this side too, and returns how the tunnel saw it.</summary>
    private static async Task<TunnelEnd> Answer(TunnelConnection tunnel, LinkedStream peer)
    {
        TunnelFrame last = new();
        while (await peer.ReceiveAsync(Ct) is (true, { } frame))
            last = frame;
        Assert.Equal((0u, TunnelFrame.FrameOneofCase.Reset), (last.Stream, last.FrameCase));
        await peer.CompleteAsync(Ct);
        TunnelEnd end = await tunnel.Completion.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.Equal(last.Reset, Assert.IsType<TunnelEnd.Violation>(end).Rule);
        return end;
    }
}
