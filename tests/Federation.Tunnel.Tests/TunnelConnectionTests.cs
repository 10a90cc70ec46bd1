using System.Security.Cryptography;
using Federation.Contracts.V1;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Streams;
using Federation.Tunnel.Tests.Fixtures;

namespace Federation.Tunnel.Tests;

public sealed class TunnelConnectionTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_BothEnds_CarryBytesBothWays()
    {
        await using TunnelPair pair = new(Targets.Echo, Targets.Echo);

        foreach (TunnelConnection end in new[] { pair.Gateway, pair.Agent })
        {
            await using TunnelStream stream = await end.OpenAsync(Targets.Replica("r"), Ct);
            await stream.WriteAsync("hello"u8.ToArray(), Ct);
            byte[] reply = new byte[5];
            await stream.ReadExactlyAsync(reply, Ct);
            Assert.Equal("hello"u8.ToArray(), reply);
        }
    }

    [Fact]
    public async Task Open_Target_ReachesTheAccepter()
    {
        TaskCompletionSource<TunnelOpen> seen = new();
        await using TunnelPair pair = new(gatewayAccepts: (target, _) =>
        {
            seen.SetResult(target);
            return ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("enough"));
        });

        await Assert.ThrowsAsync<TunnelRefusedException>(() => pair.Agent.OpenAsync(Targets.Mesh, Ct));

        Assert.Equal(Targets.Mesh, await seen.Task);
    }

    [Fact]
    public async Task Open_Refused_SaysWhyAndLeavesNothing()
    {
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("no such replica")));

        TunnelRefusedException e = await Assert.ThrowsAsync<TunnelRefusedException>(() => pair.Gateway.OpenAsync(Targets.Replica("r"), Ct));

        Assert.Equal("no such replica", e.Message);
        Assert.Equal((0, 0), (pair.Gateway.StreamCount, pair.Agent.StreamCount));
    }

    [Fact]
    public async Task Open_AccepterThrows_IsRefused()
    {
        await using TunnelPair pair = new((_, _) => throw new InvalidOperationException("secret"));

        TunnelRefusedException e = await Assert.ThrowsAsync<TunnelRefusedException>(() => pair.Gateway.OpenAsync(Targets.Replica("r"), Ct));

        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_Cancelled_ReleasesTheStreamAtBothEnds()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TunnelPair pair = new(async (_, _) =>
        {
            asked.SetResult();
            await release.Task;
            return new TunnelDecision.Accept((stream, ct) => stream.ReadAsync(new byte[1], ct).AsTask());
        });
        using CancellationTokenSource cancel = new();

        Task<TunnelStream> opening = pair.Gateway.OpenAsync(Targets.Replica("r"), cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        release.SetResult();

        await Until(() => pair.Gateway.StreamCount == 0 && pair.Agent.StreamCount == 0);
    }

    [Fact]
    public async Task Open_BeyondTheLimit_IsRefusedUntilOneEnds()
    {
        await using TunnelPair pair = new(Targets.Echo, options: new TunnelOptions { MaxConcurrentStreams = 2 });
        TunnelStream first = await pair.Gateway.OpenAsync(Targets.Replica("1"), Ct);
        await using TunnelStream second = await pair.Gateway.OpenAsync(Targets.Replica("2"), Ct);

        await Assert.ThrowsAsync<TunnelRefusedException>(() => pair.Gateway.OpenAsync(Targets.Replica("3"), Ct));
        await first.DisposeAsync();
        await Until(() => pair.Agent.StreamCount == 1);

        await using TunnelStream third = await pair.Gateway.OpenAsync(Targets.Replica("3"), Ct);
        Assert.Equal(2, pair.Gateway.StreamCount);
    }

    [Fact]
    public async Task Streams_LargeTransfer_ArrivesUnchanged()
    {
        await using TunnelPair pair = new(Targets.Echo);
        byte[] sent = RandomNumberGenerator.GetBytes(5_000_000);
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);

        Task writing = WriteAndEndAsync(stream, sent);
        using MemoryStream received = new();
        await stream.CopyToAsync(received, Ct);
        await writing;

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received.ToArray()));
    }

    [Fact]
    public async Task Streams_ThousandsAtOnce_AllCarryTheirOwnBytes()
    {
        await using TunnelPair pair = new(Targets.Echo);

        await Task.WhenAll(Enumerable.Range(0, 3000).Select(async i =>
        {
            await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
            byte[] sent = BitConverter.GetBytes(i);
            await WriteAndEndAsync(stream, sent);
            using MemoryStream received = new();
            await stream.CopyToAsync(received, Ct);
            Assert.Equal(sent, received.ToArray());
        }));

        await Until(() => pair.Gateway.StreamCount == 0 && pair.Agent.StreamCount == 0);
    }

    [Fact]
    public async Task SlowReader_HoldsItsWriterAtTheWindow_AndNobodyElse()
    {
        TaskCompletionSource<TunnelStream> accepted = new();
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TunnelPair pair = new((target, ct) => target.Replica.ReplicaId == "echo"
            ? Targets.Echo(target, ct)
            : ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, _) =>
            {
                accepted.SetResult(stream);
                await release.Task;
            })));
        await using TunnelStream slow = await pair.Gateway.OpenAsync(Targets.Replica("slow"), Ct);
        await slow.WriteAsync(new byte[TunnelOptions.InitialWindow], Ct);
        Task beyond = slow.WriteAsync(new byte[1], Ct).AsTask();

        await using TunnelStream other = await pair.Gateway.OpenAsync(Targets.Replica("echo"), Ct);
        Task writing = WriteAndEndAsync(other, new byte[2_000_000]);
        long echoed = 0;
        byte[] buffer = new byte[65536];
        int read;
        while ((read = await other.ReadAsync(buffer, Ct)) > 0)
            echoed += read;
        await writing;
        Assert.Equal(2_000_000, echoed);
        Assert.False(beyond.IsCompleted);

        TunnelStream slowEnd = await accepted.Task;
        await slowEnd.ReadExactlyAsync(new byte[TunnelOptions.InitialWindow], Ct);
        await beyond.WaitAsync(s_soon, Ct);
        release.SetResult();
    }

    [Fact]
    public async Task HalfClose_ReaderSeesTheEnd_AndMayStillWrite()
    {
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, ct) =>
        {
            using MemoryStream all = new();
            await stream.CopyToAsync(all, ct);
            await stream.WriteAsync(BitConverter.GetBytes(all.Length), ct);
        })));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);

        await stream.WriteAsync(new byte[1000], Ct);
        stream.CompleteWrites();
        byte[] count = new byte[8];
        await stream.ReadExactlyAsync(count, Ct);

        Assert.Equal(1000, BitConverter.ToInt64(count));
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.WriteAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task Dispose_AfterWriting_LosesNothing()
    {
        byte[] sent = RandomNumberGenerator.GetBytes(200_000);
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(
            new TunnelDecision.Accept((stream, ct) => stream.WriteAsync(sent, ct).AsTask())));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        await Until(() => pair.Agent.StreamCount == 0);

        using MemoryStream received = new();
        await stream.CopyToAsync(received, Ct);

        Assert.Equal(sent, received.ToArray());
        await Assert.ThrowsAsync<TunnelStreamBrokenException>(async () => await stream.WriteAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task Abort_BreaksBothDirectionsAtTheOtherEnd()
    {
        TaskCompletionSource<TunnelStream> accepted = new();
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, _) =>
        {
            accepted.SetResult(stream);
            await release.Task;
        })));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        Task<int> reading = stream.ReadAsync(new byte[1], Ct).AsTask();
        Task writing = stream.WriteAsync(new byte[TunnelOptions.InitialWindow + 1], Ct).AsTask();

        (await accepted.Task).Abort("enough of this");

        TunnelStreamBrokenException e = await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => reading.WaitAsync(s_soon, Ct));
        Assert.Contains("enough of this", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => writing.WaitAsync(s_soon, Ct));
        Assert.True(stream.PeerGone.WaitHandle.WaitOne(s_soon));
        release.SetResult();
    }

    [Fact]
    public async Task Serve_Throws_OpenerSeesABrokenStreamNotAnEnd()
    {
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, ct) =>
        {
            await stream.WriteAsync(new byte[10], ct);
            throw new IOException("the replica is gone");
        })));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);

        await Assert.ThrowsAsync<TunnelStreamBrokenException>(async () =>
        {
            while (await stream.ReadAsync(new byte[10], Ct) > 0)
            {
            }
        });
    }

    [Fact]
    public async Task Loss_MidTransfer_BreaksEveryStreamAtOnceOnBothEnds()
    {
        TaskCompletionSource<Exception> served = new();
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, ct) =>
        {
            try
            {
                await stream.ReadExactlyAsync(new byte[1], ct);
                // However quickly it is read, the loss comes in its middle.
                while (true) await stream.WriteAsync(new byte[100_000], ct);
            }
            catch (Exception e)
            {
                served.TrySetResult(e);
                throw;
            }
        })));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        await stream.WriteAsync(new byte[1], Ct);
        await stream.ReadExactlyAsync(new byte[1000], Ct);
        Task pending = Task.Run(async () =>
        {
            while (true)
                await stream.ReadExactlyAsync(new byte[1000], Ct);
        }, Ct);
        await using TunnelStream idle = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        Task<int> idleRead = idle.ReadAsync(new byte[1], Ct).AsTask();

        pair.Break();

        await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => pending.WaitAsync(s_soon, Ct));
        await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => idleRead.WaitAsync(s_soon, Ct));
        Assert.IsAssignableFrom<Exception>(await served.Task.WaitAsync(s_soon, Ct));
        Assert.IsType<TunnelEnd.Lost>(await pair.Gateway.Completion.WaitAsync(s_soon, Ct));
        Assert.IsType<TunnelEnd.Lost>(await pair.Agent.Completion.WaitAsync(s_soon, Ct));
        await Assert.ThrowsAsync<TunnelRefusedException>(() => pair.Gateway.OpenAsync(Targets.Replica("r"), Ct));
    }

    [Fact]
    public async Task Dispose_OfATunnel_TellsThePeer()
    {
        await using TunnelPair pair = new(Targets.Echo);
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        Task<int> reading = stream.ReadAsync(new byte[1], Ct).AsTask();

        await pair.Agent.DisposeAsync();

        TunnelEnd end = await pair.Gateway.Completion.WaitAsync(s_soon, Ct);
        Assert.Equal("closed", Assert.IsType<TunnelEnd.ClosedByPeer>(end).Text);
        await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => reading);
    }

    [Fact]
    public async Task Read_Cancelled_CanBeRepeatedAndLosesNothing()
    {
        await using TunnelPair pair = new(Targets.Echo);
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        using CancellationTokenSource cancel = new();
        Task<int> reading = stream.ReadAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        await stream.WriteAsync(new byte[] { 7 }, Ct);
        byte[] one = new byte[1];
        await stream.ReadExactlyAsync(one, Ct);

        Assert.Equal(7, one[0]);
    }

    [Fact]
    public async Task Write_CancelledWithoutCredit_EndsAtOnce()
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept((_, _) => release.Task)));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        using CancellationTokenSource cancel = new();
        Task writing = stream.WriteAsync(new byte[TunnelOptions.InitialWindow * 2], cancel.Token).AsTask();
        await pair.Gateway.PingAsync(Ct);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(s_soon, Ct));
        release.SetResult();
    }

    [Fact]
    public async Task Writes_OfAllSizes_ArriveInOrderAndWhole()
    {
        await using TunnelPair pair = new(Targets.Echo);
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        byte[] sent = RandomNumberGenerator.GetBytes(600_000);
        // What few bytes are taken over is still there when the next, larger write comes.
        int[] sizes = [1, 10, 4_000, 4_096, 4_097, 90, 20_000, 3];
        Task writing = Task.Run(async () =>
        {
            for (int at = 0, i = 0; at < sent.Length; i++)
            {
                int size = Math.Min(sizes[i % sizes.Length], sent.Length - at);
                byte[] piece = sent[at..(at + size)];
                await stream.WriteAsync(piece, Ct);
                // The writer's memory is its own again.
                Array.Clear(piece);
                at += size;
            }
            stream.CompleteWrites();
        }, Ct);

        using MemoryStream received = new();
        await stream.CopyToAsync(received, Ct);
        await writing;

        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public async Task Writes_ThatNobodyReads_EndOnlyWithinTheWindow()
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept((_, _) => release.Task)));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        for (int write = 0; write < TunnelOptions.InitialWindow / 100; write++) await stream.WriteAsync(new byte[100], Ct).AsTask().WaitAsync(s_soon, Ct);

        Task beyond = stream.WriteAsync(new byte[100], Ct).AsTask();
        for (int ping = 0; ping < 5; ping++) await pair.Gateway.PingAsync(Ct);

        Assert.False(beyond.IsCompleted);
        release.SetResult();
        await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => beyond.WaitAsync(s_soon, Ct));
    }

    [Fact]
    public async Task Abort_AfterASmallWrite_DeliversItFirst()
    {
        await using TunnelPair pair = new((_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, ct) =>
        {
            await stream.ReadExactlyAsync(new byte[1], ct);
            await stream.WriteAsync("the answer"u8.ToArray(), ct);
            stream.Abort("the replica reset its connection");
        })));
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        byte[] answer = new byte[10];
        Task<int> reading = stream.ReadAsync(answer, Ct).AsTask();

        await stream.WriteAsync(new byte[1], Ct);

        Assert.Equal(10, await reading.WaitAsync(s_soon, Ct));
        Assert.Equal("the answer"u8.ToArray(), answer);
    }

    [Fact]
    public async Task Read_OfNothing_WaitsForData()
    {
        await using TunnelPair pair = new(Targets.Echo);
        await using TunnelStream stream = await pair.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        Task<int> waiting = stream.ReadAsync(Memory<byte>.Empty, Ct).AsTask();
        Assert.False(waiting.IsCompleted);

        await stream.WriteAsync(new byte[3], Ct);

        Assert.Equal(0, await waiting.WaitAsync(s_soon, Ct));
        await stream.ReadExactlyAsync(new byte[3], Ct);
    }

    [Fact]
    public async Task Ping_MeasuresTheRoundTrip()
    {
        await using TunnelPair pair = new();

        TimeSpan trip = await pair.Gateway.PingAsync(Ct);

        Assert.Equal(trip, pair.Gateway.RoundTrip);
        Assert.True(trip > TimeSpan.Zero);
    }

    private static async Task WriteAndEndAsync(TunnelStream stream, byte[] data)
    {
        await stream.WriteAsync(data, Ct);
        stream.CompleteWrites();
    }

    private static async Task Until(Func<bool> condition)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(s_soon);
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }
}
