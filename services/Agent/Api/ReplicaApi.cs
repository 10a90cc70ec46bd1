using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Agent.Logs;
using Federation.Agent.Node;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Engine;
using Federation.ServiceDefaults.Auth;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Agent.Api;

/// <summary>The agent's own API: output of replicas, and commands beside them. It comes through the tunnel alone; the gateway has checked who asks.</summary>
public static class ReplicaApi
{
    private const string Why = "reached through the gateway's tunnel alone, which has checked the caller's token";
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Maps <see cref="AgentApi"/>.</summary>
    public static void MapReplicaApi(this WebApplication app)
    {
        RouteGroupBuilder replicas = app.MapGroup("");
        replicas.AddEndpointFilter(static async (context, next) => context.HttpContext.Features.Get<ITunnelFeature>() is null ? Results.NotFound() : await next(context));
        replicas.MapGet(AgentApi.LogsPattern, WriteLogsAsync).AllowAnonymousCaller(Why);
        replicas.MapPost(AgentApi.ExecPattern, RunCommandAsync).AllowAnonymousCaller(Why);
        replicas.MapGet(AgentApi.ExecPattern, ExecSession.HandleAsync).AllowAnonymousCaller(Why);
        if (app.Services.GetService<SwarmReconciler>() is not null) replicas.MapGet(AgentApi.ServicesPath, ListServicesAsync).AllowAnonymousCaller(Why);
        // What a swarm's tasks use is known on their machines alone.
        if (app.Services.GetService<NodeUsageReader>() is not null) replicas.MapGet(AgentApi.UsagePath, static (NodeUsageReader usage, CancellationToken cancellationToken) => usage.MeasureAsync(cancellationToken)).AllowAnonymousCaller(Why);
    }

    private static async Task<IResult> ListServicesAsync(SwarmReconciler swarm, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Json(await swarm.ListForeignAsync(cancellationToken), DomainJson.Options);
        }
        catch (EngineException e)
        {
            return Results.Problem(e.Message, statusCode: 503, title: "The swarm does not answer", type: ProblemTypes.Unavailable);
        }
    }

    private static async Task<IResult> WriteLogsAsync(
        string id, bool? follow, int? tail, string? since, bool? previous, HttpContext context, IReplicaOutput output, AgentOptions options, TimeProvider time)
    {
        var replica = new ReplicaId(id);
        if (!IsPlainName(id) || !output.Knows(replica)) return Results.Problem($"replica {id} is not known on this node", statusCode: 404, title: "No such replica", type: ProblemTypes.NotFound);
        DateTimeOffset? from = null;
        if (since is not null)
        {
            if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed))
                return Results.Problem($"since is '{since}', and should be a time such as 2030-01-31T12:00:00Z", statusCode: 400, title: "Not a time");
            from = parsed;
        }
        context.Response.ContentType = "application/x-ndjson";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.StartAsync(context.RequestAborted);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Channel<WrittenLine> lines = Channel.CreateBounded<WrittenLine>(256);
        Task reading = ReadAsync(output.ReadAsync(replica, new LogQuery(follow ?? false, tail, from, previous ?? false), ending.Token), lines.Writer, ending.Token);
        try
        {
            await CopyAsync(lines.Reader, context, line => new LogLine(line.Time, id, options.Cluster.Value, options.Node.Value, "output", line.Text), time);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The caller has seen enough.
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
        return Results.Empty;
    }

    private static async Task ReadAsync(IAsyncEnumerable<WrittenLine> source, ChannelWriter<WrittenLine> lines, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (WrittenLine line in source) await lines.WriteAsync(line, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody reads any more.
        }
        catch (IOException e)
        {
            failure = e;
        }
        lines.TryComplete(failure);
    }

    private static async Task CopyAsync<TLine, TOut>(ChannelReader<TLine> lines, HttpContext context, Func<TLine, TOut> convert, TimeProvider time)
    {
        CancellationToken cancellationToken = context.RequestAborted;
        Stream body = context.Response.Body;
        Task<bool> next = lines.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            if (!next.IsCompleted && await Task.WhenAny(next, Task.Delay(KeepAlive, time, cancellationToken)) != next)
            {
                // An empty line notices a caller that is gone.
                await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
                await body.FlushAsync(cancellationToken);
                continue;
            }
            if (!await next) return;
            while (lines.TryRead(out TLine? line))
            {
                await JsonSerializer.SerializeAsync(body, convert(line), DomainJson.Options, cancellationToken);
                await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }
            await body.FlushAsync(cancellationToken);
            next = lines.WaitToReadAsync(cancellationToken).AsTask();
        }
    }

    private static async Task<IResult> RunCommandAsync(string id, CommandRequest request, HttpContext context, IReplicaCommands commands, TimeProvider time)
    {
        if (request.Command is not { Count: > 0 }) return Results.Problem("the body is {\"command\": [\"PROGRAM\", \"ARGUMENT\"]}", statusCode: 400, title: "No command");
        IReplicaCommand? command;
        try
        {
            command = await commands.RunCommandAsync(new ReplicaId(id), request.Command, terminal: null, input: false, context.RequestAborted);
        }
        catch (IOException e)
        {
            return Results.Problem(e.Message, statusCode: 502, title: "The command could not be started");
        }
        if (command is null) return Results.Problem($"replica {id} does not run on this node", statusCode: 404, title: "No such replica", type: ProblemTypes.NotFound);
        context.Response.ContentType = "application/x-ndjson";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Channel<CommandOutput> output = Channel.CreateBounded<CommandOutput>(256);
        await using (command)
        {
            try
            {
                Task finishing = FinishAsync(command, output.Writer, context.RequestAborted);
                await CopyAsync(output.Reader, context, static line => line, time);
                await finishing;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The caller is gone: its command goes too.
            }
        }
        return Results.Empty;
    }

    private static async Task FinishAsync(IReplicaCommand command, ChannelWriter<CommandOutput> output, CancellationToken cancellationToken)
    {
        var lines = new OutputLines(output);
        try
        {
            await command.CopyOutputAsync((error, piece, stop) => lines.AddAsync(error ? "stderr" : "stdout", piece, stop), cancellationToken);
            await lines.EndAsync(cancellationToken);
            await output.WriteAsync(new CommandOutput(null, null, await command.WaitAsync(cancellationToken)), cancellationToken);
        }
        finally
        {
            output.TryComplete();
        }
    }

    // The id becomes a file's name.
    private static bool IsPlainName(string id) => id.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
