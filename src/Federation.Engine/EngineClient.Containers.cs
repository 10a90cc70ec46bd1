using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Federation.Engine.Containers;
using Federation.Engine.Streams;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    /// <summary>Makes a container; it does not start. An engine that is ending cannot be reached for it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="platform">The system and processor that its image must be for, as <c>linux/arm64</c>; null for any.</param>
    /// <param name="spec">What it is made with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ContainerCreated> CreateContainerAsync(string name, string? platform, ContainerSpec spec, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await BeginAsync($"containers/create?name={Escape(name)}{(platform is null ? "" : $"&platform={Escape(platform)}")}", Json(spec, EngineJson.Default.ContainerSpec), cancellationToken);
        return await ReadAsync(reply, EngineJson.Default.ContainerCreated, cancellationToken);
    }

    /// <summary>Starts a container; without effect if it runs. An engine that is ending cannot be reached for it.</summary>
    public async Task StartContainerAsync(string container, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await BeginAsync($"containers/{Escape(container)}/start", null, cancellationToken);
    }

    /// <summary>Asks a container to end, and ends it by force after the grace; returns when it has ended. The grace is short of the client's patience.</summary>
    public Task StopContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"containers/{Escape(container)}/stop?t={(int)Math.Ceiling(grace.TotalSeconds)}"), cancellationToken);

    /// <summary>Sends a signal to a container's first process; a conflict if it does not run.</summary>
    public Task KillContainerAsync(string container, string signal, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"containers/{Escape(container)}/kill?signal={Escape(signal)}", cancellationToken);

    /// <summary>Waits until a container does not run.</summary>
    public async Task<ContainerExit> WaitContainerAsync(string container, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await OpenAsync(await RequestAsync(HttpMethod.Post, $"containers/{Escape(container)}/wait", null, cancellationToken), cancellationToken);
        using Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (ContainerExit exit in LineReader.ReadAsync(stream, EngineJson.Default.ContainerExit, cancellationToken)) return exit;
        throw new EngineException($"the engine at {Address} ends without saying how the container ended");
    }

    /// <summary>Describes a container.</summary>
    public Task<ContainerDetails> InspectContainerAsync(string container, CancellationToken cancellationToken) =>
        GetAsync($"containers/{Escape(container)}/json", EngineJson.Default.ContainerDetails, cancellationToken);

    /// <summary>Lists containers, those that do not run included.</summary>
    /// <param name="filters">Such as <c>label</c> and <c>name=value</c>; all must hold.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync((string Name, string Value)[] filters, CancellationToken cancellationToken) =>
        await ListAsync($"containers/json?all=true&filters={Filters(filters)}", EngineJson.Default.ContainerSummaryArray, cancellationToken);

    /// <summary>Removes a container with its unnamed volumes; by force also one that runs.</summary>
    public Task RemoveContainerAsync(string container, bool force, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"containers/{Escape(container)}?v=true&force={(force ? "true" : "false")}", cancellationToken);

    /// <summary>What a running container uses now.</summary>
    public Task<ContainerStats> StatsAsync(string container, CancellationToken cancellationToken) =>
        GetAsync($"containers/{Escape(container)}/stats?stream=false&one-shot=true", EngineJson.Default.ContainerStats, cancellationToken);

    /// <summary>
    /// A container's output, piece by piece. Without a terminal each piece is one write of the daemon's: a line, or a part of a very long one.
    /// </summary>
    /// <param name="container">Whose.</param>
    /// <param name="request">Which.</param>
    /// <param name="tty">Whether the container has a terminal.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<OutputPiece> LogsAsync(string container, LogRequest request, bool tty, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = $"containers/{Escape(container)}/logs?stdout=true&stderr=true&follow={(request.Follow ? "true" : "false")}&timestamps={(request.Timestamps ? "true" : "false")}";
        if (request.Since is { } since) path += "&since=" + Timestamp(since);
        if (request.Tail is { } tail) path += "&tail=" + tail.ToString(CultureInfo.InvariantCulture);
        using HttpResponseMessage reply = await OpenAsync(await RequestAsync(HttpMethod.Get, path, null, cancellationToken), cancellationToken);
        using Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (OutputPiece piece in OutputReader.ReadAsync(stream, tty, cancellationToken)) yield return piece;
    }

    /// <summary>A file or folder of a container, running or not, as a tar archive of at most the client's largest answer.</summary>
    public async Task<Stream> ReadArchiveAsync(string container, string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, $"containers/{Escape(container)}/archive?path={Escape(path)}", null, cancellationToken);
        return new MemoryStream(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>Runs a command inside a running container.</summary>
    public async Task<ExecStream> ExecAsync(string container, ExecSpec spec, CancellationToken cancellationToken)
    {
        ContainerCreated created = await PostAsync($"containers/{Escape(container)}/exec", spec, EngineJson.Default.ExecSpec, EngineJson.Default.ContainerCreated, cancellationToken);
        Stream? connection = null;
        SocketsHttpHandler single = Handler();
        single.PlaintextStreamFilter = (context, _) => ValueTask.FromResult(connection = context.PlaintextStream);
        var http = new HttpMessageInvoker(single);
        HttpResponseMessage? reply = null;
        try
        {
            HttpRequestMessage request = await RequestAsync(HttpMethod.Post, $"exec/{Escape(created.Id)}/start", Json(new ExecStart(Detach: false, spec.Tty), EngineJson.Default.ExecStart), cancellationToken);
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", "tcp");
            reply = await HijackAsync(http, request, cancellationToken);
            return new ExecStream(created.Id, http, reply, await reply.Content.ReadAsStreamAsync(cancellationToken), connection!, spec.Tty);
        }
        catch
        {
            reply?.Dispose();
            http.Dispose();
            throw;
        }
    }

    /// <summary>Describes a command that was run inside a container.</summary>
    public Task<ExecDetails> InspectExecAsync(string exec, CancellationToken cancellationToken) =>
        GetAsync($"exec/{Escape(exec)}/json", EngineJson.Default.ExecDetails, cancellationToken);

    /// <summary>Tells a command with a terminal how large the screen is.</summary>
    public Task ResizeExecAsync(string exec, int columns, int rows, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"exec/{Escape(exec)}/resize?w={columns}&h={rows}"), cancellationToken);

    private static string Timestamp(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        return string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:D9}");
    }

    // The connection becomes the command's: the daemon answers 101 and both sides go on in raw bytes.
    private async Task<HttpResponseMessage> HijackAsync(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        using (var limit = new CancellationTokenSource(_options.Patience, _time))
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token))
        {
            try
            {
                HttpResponseMessage reply = await http.SendAsync(request, both.Token);
                if (reply.StatusCode == HttpStatusCode.SwitchingProtocols) return reply;
                using (reply)
                {
                    await BufferAsync(reply, MostErrorBytes, both.Token);
                    throw new EngineException(reply.StatusCode, await MessageOfAsync(reply, both.Token));
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"the engine at {Address} does not answer within {_options.Patience.TotalSeconds} s"));
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or (IOException and not EngineException))
            {
                throw Unreachable(e);
            }
        }
    }
}
