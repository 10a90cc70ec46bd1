using System.Globalization;
using Federation.Storage;
using Federation.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Federation.Bench.Store;

/// <summary>
/// The store behind the thinnest HTTP/2 endpoint: PUT a body at a key, answered with the revision when it is durable;
/// or POST /stream, which carries many such writes and their answers in one request (<see cref="WriteFrames"/>).
/// </summary>
internal static class StoreEndpoint
{
    /// <summary>Serves until its input ends, so that it cannot outlive who started it. Prints its address when it is ready.</summary>
    public static async Task<int> ServeAsync(string path)
    {
        await using var store = await SqliteStore.OpenAsync(path);
        // Empty: the usual builders watch the working folder for changed settings, and so every write to a database below it.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        await using var app = builder.Build();
        app.Run(context => context.Request.Path == "/stream" ? StreamAsync(context, store) : PutAsync(context, store));
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine(address);
        while (await Console.In.ReadLineAsync() is not null) { }
        await app.StopAsync();
        return 0;
    }

    private static async Task PutAsync(HttpContext context, IStore store)
    {
        byte[] body = new byte[(int)context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        var key = new DocumentKey("Thing", context.Request.Path.Value![1..]);
        var outcome = await store.CommitAsync(new() { Writes = [new(key, body)] }, context.RequestAborted);
        if (outcome is CommitOutcome.Committed committed) context.Response.Headers.ETag = committed.Revision.ToString(CultureInfo.InvariantCulture);
        else context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
    }

    private static async Task StreamAsync(HttpContext context, IStore store)
    {
        await context.Response.Body.FlushAsync();
        using var answers = new StreamOutbox();
        var sending = answers.RunAsync(async bytes => await context.Response.BodyWriter.WriteAsync(bytes));
        int underWay = 1;
        var ended = new TaskCompletionSource();
        while (true)
        {
            var result = await context.Request.BodyReader.ReadAsync();
            var buffer = result.Buffer;
            while (WriteFrames.TryRead(ref buffer, out int slot, out string key, out byte[] value))
            {
                Interlocked.Increment(ref underWay);
                _ = AnswerAsync(slot, key, value);
            }
            context.Request.BodyReader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) break;
        }
        Finish();
        await ended.Task;
        answers.End();
        await sending;

        async Task AnswerAsync(int slot, string key, byte[] value)
        {
            try
            {
                var outcome = await store.CommitAsync(new() { Writes = [new(new("Thing", key), value)] }, CancellationToken.None);
                answers.Append(output => WriteFrames.AppendAnswer(output, slot, ((CommitOutcome.Committed)outcome).Revision));
            }
            catch (Exception e)
            {
                // The client sees the stream break; its run then fails.
                Console.Error.WriteLine(e);
                context.Abort();
            }
            finally
            {
                Finish();
            }
        }

        void Finish()
        {
            if (Interlocked.Decrement(ref underWay) == 0) ended.SetResult();
        }
    }
}
