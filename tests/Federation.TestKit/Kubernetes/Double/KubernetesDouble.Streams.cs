using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Federation.TestKit.Kubernetes.Double;

public sealed partial class KubernetesDouble
{
    /// <summary>Runs programs: pod, container and command give what it prints and its exit code; null for <c>echo</c> alone.</summary>
    public Func<JsonObject, string, IReadOnlyList<string>, (string Output, int Code)?>? Runs { get; set; }

    private async Task LogAsync(HttpContext context, ApiKind kind, string space, string name)
    {
        HttpRequest request = context.Request;
        if (request.Query["sinceTime"].Count > 0 && request.Query["sinceSeconds"].Count > 0)
            throw ApiFailure.Invalid("PodLogOptions", "", name, Cause.Forbidden("sinceSeconds", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        JsonObject pod;
        string container;
        bool previous = request.Query["previous"] == "true", follows = request.Query["follow"] == "true";
        lock (_gate)
        {
            pod = Existing(kind, space, name);
            container = ContainerOf(pod, request.Query["container"]);
        }
        if (pod.Text("spec.nodeName") is null)
        {
            context.Response.StatusCode = 204;
            return;
        }
        IReadOnlyList<string> Lines()
        {
            lock (_gate)
            {
                if (_kubelets.Output(pod.Uid(), container, previous) is { } printed) return [.. printed];
            }
            JsonNode? waiting = pod.Items("status.containerStatuses").FirstOrDefault(one => one.Text("name") == container).At("state.waiting");
            throw ApiFailure.BadRequest(previous ? $"previous terminated container \"{container}\" in pod \"{name}\" not found" : $"container \"{container}\" in pod \"{name}\" is waiting to start: {waiting.Text("reason") ?? "ContainerCreating"}");
        }
        IReadOnlyList<string> lines = Lines();
        context.Response.ContentType = "text/plain";
        await context.Response.Body.FlushAsync();
        int from = int.TryParse(request.Query["tailLines"], CultureInfo.InvariantCulture, out int tail) ? Math.Max(0, lines.Count - tail) : 0;
        int? most = int.TryParse(request.Query["limitBytes"], CultureInfo.InvariantCulture, out int limit) ? limit : null;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ending.Token);
        while (true)
        {
            for (; from < lines.Count && most is not 0; from++)
            {
                string stamp = request.Query["timestamps"] == "true" ? _store.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture) : "";
                byte[] bytes = Encoding.UTF8.GetBytes(stamp + lines[from] + "\n");
                int length = Math.Min(bytes.Length, most ?? bytes.Length);
                if (most is not null) most -= length;
                await context.Response.Body.WriteAsync(bytes.AsMemory(0, length), ending.Token);
            }
            await context.Response.Body.FlushAsync(ending.Token);
            if (!follows) return;
            lock (_gate)
            {
                JsonObject? now = _store.Find("/pods", space, name);
                bool runs = now?.Uid() == pod.Uid() && now.Items("status.containerStatuses").FirstOrDefault(one => one.Text("name") == container).At("state.running") is not null;
                if (!runs) return;
            }
            await Task.Delay(Beat, ending.Token);
            lines = Lines();
        }
    }

    private async Task ExecAsync(HttpContext context, ApiKind kind, string space, string name)
    {
        HttpRequest request = context.Request;
        JsonObject pod;
        string container;
        lock (_gate)
        {
            pod = Existing(kind, space, name);
            container = ContainerOf(pod, request.Query["container"]);
        }
        if (pod.Text("spec.nodeName") is null) throw ApiFailure.BadRequest($"pod {name} does not have a host assigned");
        if (!context.WebSockets.IsWebSocketRequest) throw ApiFailure.BadRequest("Upgrade request required");
        if (!new[] { "stdin", "stdout", "stderr" }.Any(stream => request.Query[stream] == "true")) throw ApiFailure.Text(400, "you must specify at least 1 of stdin, stdout, stderr");
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains("v4.channel.k8s.io"))
        {
            context.Response.StatusCode = 403;
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync("v4.channel.k8s.io");
        string[] command = [.. request.Query["command"].Select(static word => word ?? "")];
        await SendAsync(1, "");
        string input = "";
        if (request.Query["stdin"] == "true")
        {
            byte[] buffer = new byte[4096];
            while (!input.EndsWith('\n') && await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: WebSocketMessageType.Binary } got) input += Encoding.UTF8.GetString(buffer, 1, Math.Max(0, got.Count - 1));
        }
        (string output, int code) = Runs?.Invoke(pod, container, command) ?? (command is ["echo", .. var words] ? (string.Join(' ', words) + "\n", 0) : command is ["cat"] ? (input, 0) : ("", 127));
        if (output.Length > 0) await SendAsync(1, output);
        await SendAsync(3, code == 0 ? """{"metadata":{},"status":"Success"}""" : new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: error executing command [{string.Join(' ', command)}], exit code {code}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = code.ToString(CultureInfo.InvariantCulture) }) },
        }.ToJsonString(Wire));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);

        Task SendAsync(byte channel, string text) => socket.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, true, context.RequestAborted);
    }

    // Two channels a port, which begin with its number (recordings 14/020 and 021).
    private async Task ForwardAsync(HttpContext context, ApiKind kind, string space, string name)
    {
        JsonObject pod;
        lock (_gate) pod = Existing(kind, space, name);
        if (pod.Text("spec.nodeName") is null) throw ApiFailure.BadRequest($"pod {name} does not have a host assigned");
        if (!context.WebSockets.IsWebSocketRequest) throw ApiFailure.BadRequest("Upgrade request required");
        if (!ushort.TryParse(context.Request.Query["ports"], CultureInfo.InvariantCulture, out ushort port)) throw ApiFailure.Text(400, "query parameter \"port\" is required");
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains("v4.channel.k8s.io"))
        {
            context.Response.StatusCode = 403;
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync("v4.channel.k8s.io");
        byte[] number = [(byte)(port & 255), (byte)(port >> 8)];
        await SendAsync(0, number);
        await SendAsync(1, number);
        if (Listening is null)
        {
            await SendAsync(1, Encoding.UTF8.GetBytes($"error forwarding port {port} to pod {pod.Uid()}, uid : failed to execute portforward in network namespace \"/var/run/netns/cni\": failed to dial {port}: dial tcp4 127.0.0.1:{port}: connect: connection refused"));
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
            return;
        }
        using var target = new System.Net.Sockets.TcpClient();
        await target.ConnectAsync(Listening(port), context.RequestAborted);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ending.Token);
        System.Net.Sockets.NetworkStream bytes = target.GetStream();
        Task inbound = InboundAsync();
        try
        {
            byte[] buffer = new byte[16 * 1024];
            while (await bytes.ReadAsync(buffer, over.Token) is > 0 and var read) await SendAsync(0, buffer.AsMemory(0, read).ToArray());
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", over.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
        {
            // The other side has left.
        }
        await over.CancelAsync();
        await inbound;

        async Task InboundAsync()
        {
            byte[] buffer = new byte[16 * 1024];
            try
            {
                // The channel is the first byte of a message, which may come in pieces.
                int head = 1;
                while (await socket.ReceiveAsync(buffer, over.Token) is { MessageType: WebSocketMessageType.Binary } got)
                {
                    if (got.Count > head) await bytes.WriteAsync(buffer.AsMemory(head, got.Count - head), over.Token);
                    head = got.EndOfMessage ? 1 : 0;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // It has left.
            }
            // What has left takes its connection along.
            target.Close();
        }

        Task SendAsync(byte channel, byte[] text) => socket.SendAsync((byte[])[channel, .. text], WebSocketMessageType.Binary, true, context.RequestAborted);
    }

    private static string ContainerOf(JsonObject pod, string? asked)
    {
        string[] names = [.. pod.Items("spec.containers").Select(static container => container.Text("name")!)], init = [.. pod.Items("spec.initContainers").Select(static container => container.Text("name")!)];
        if (string.IsNullOrEmpty(asked))
        {
            string also = init.Length > 0 ? $" or one of the init containers: [{string.Join(' ', init)}]" : "";
            return names.Length == 1 ? names[0] : throw ApiFailure.BadRequest($"a container name must be specified for pod {pod.Name()}, choose one of: [{string.Join(' ', names)}]{also}");
        }
        return names.Concat(init).Contains(asked, StringComparer.Ordinal) ? asked : throw ApiFailure.BadRequest($"container {asked} is not valid for pod {pod.Name()}");
    }
}
