using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Reading;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <content>Ports: what containers declare, and what Services and probes ask for.</content>
internal sealed partial class WorkloadMapper
{
    private const string PortList = $"{Template}.ports";
    private readonly List<Port> _ports = [];

    /// <summary>A port of the workload.</summary>
    /// <param name="Name">Its name here.</param>
    /// <param name="Number">Its number.</param>
    /// <param name="Item">The draft's item.</param>
    internal sealed record Port(string Name, int Number, JsonObject Item)
    {
        public string Protocol => Item["protocol"]?.GetValue<string>() ?? "http";

        public bool IsHttp => Protocol is "http" or "http2";
    }

    private void MapPorts()
    {
        foreach (ManifestView port in Main["ports"].Items)
        {
            ManifestView number = port["containerPort"], host = port["hostPort"], address = port["hostIP"];
            if (number.Whole is not (>= 1 and <= 65535 and var inside))
            {
                number.Refuse(number.IsThere ? "must lie between 1 and 65535" : "the field is required", number.IsThere ? null : "write containerPort: PORT");
                continue;
            }
            int before = _ports.Count;
            if (Add(port["name"].Text, (int)inside, port["protocol"], null, port) is not { } added) continue;
            if (_ports.Count == before) port.Warn($"port {inside.ToString(CultureInfo.InvariantCulture)} is declared already, as {added.Name}");
            if (host.Whole is > 0 and var outside)
            {
                added.Item["publishedPort"] = outside;
                added.Item["publish"] = "host";
                if (address.Text is { Length: > 0 } ip and not "0.0.0.0") added.Item["publishedAddress"] = ip;
            }
            else if (address.IsThere) address.Warn("it says something only beside hostPort");
        }
    }

    // A port that is declared already is found, not told twice.
    private Port? Add(string? name, int number, ManifestView protocol, string? application, ManifestView from)
    {
        string transport = protocol.Text ?? "TCP";
        if (transport is not ("TCP" or "UDP"))
        {
            protocol.Refuse("a port's protocol is TCP or UDP");
            return null;
        }
        bool datagrams = transport == "UDP";
        if (_ports.Find(port => port.Number == number && (port.Protocol == "udp") == datagrams) is { } known) return known;
        string speaks = datagrams ? "udp" : Speaks(number, name, application);
        // A name that the file gives to another port is that port's.
        string usual = speaks is "http" or "http2" && _ports.TrueForAll(static port => port.Name != "http") && NumberOf("http") is null ? "http" : string.Create(CultureInfo.InvariantCulture, $"port-{number}{(datagrams ? "-udp" : "")}");
        string called = name is { Length: > 0 } ? ManifestSet.NameOf(name) : usual;
        if (_ports.Exists(port => port.Name == called)) called = string.Create(CultureInfo.InvariantCulture, $"{called}-{number}");
        var item = new JsonObject { ["name"] = called, ["containerPort"] = number };
        if (speaks != "http") item["protocol"] = speaks;
        Draft.Add(PortList, item, from.Place);
        var added = new Port(called, number, item);
        _ports.Add(added);
        return added;
    }

    /// <summary>The name of the port that a probe means; null, and an error, where there is none.</summary>
    private string? PortFor(ManifestView port, string? speaks)
    {
        if (!port.IsThere)
        {
            port.Refuse("the field is required", "write port: NUMBER, or the name of one of the container's ports");
            return null;
        }
        Port? found = port.Whole is { } number
            ? number is >= 1 and <= 65535 ? Add(null, (int)number, port["protocol"], speaks, port) : null
            : NumberOf(port.Text ?? "") is { } declared ? _ports.Find(known => known.Number == declared && known.Protocol != "udp") : null;
        if (found is null) port.Refuse(port.Whole is null ? "the container has no port of this name" : "must lie between 1 and 65535", port.Whole is null && _ports.Count > 0 ? $"it has {string.Join(", ", _ports.Select(static known => known.Name))}" : null);
        else if (speaks == "http" && found.Protocol == "tcp") found.Item.Remove("protocol");
        return found?.Name;
    }

    private long? NumberOf(string name) => Main["ports"].Items.Where(port => port["name"].Text == name).Select(static port => port["containerPort"].Whole).FirstOrDefault();

    // A port has one name in the plane: by any other that the file has for it, a cluster is told its number.
    private void Number(JsonNode? value)
    {
        if (value is JsonArray list)
        {
            foreach (JsonNode? item in list) Number(item);
        }
        if (value is not JsonObject map) return;
        foreach ((string key, JsonNode? inner) in map.ToArray())
        {
            if (key is "port" or "targetPort" && inner is JsonValue && inner.ToString() is var name && NumberOf(name) is { } number && _ports.TrueForAll(port => port.Name != name)) map[key] = number;
            else Number(inner);
        }
    }

    /// <summary>The port that a Service means; null, and an error, where there is none.</summary>
    public Port? PortFor(ManifestView target, ManifestView port)
    {
        string? application = port["appProtocol"].Text, name = port["name"].Text;
        ManifestView meant = target.IsThere ? target : port["port"];
        if (meant.Whole is { } number)
        {
            if (number is < 1 or > 65535)
            {
                meant.Refuse("must lie between 1 and 65535");
                return null;
            }
            Port? found = Add(name, (int)number, port["protocol"], application ?? name, port);
            if (found is not null && application is not null && found.Protocol != "udp") Speak(found, Speaks(found.Number, null, application));
            return found;
        }
        // The name may be that of another container's port: it is reached all the same.
        ManifestView[] lasting = [.. _pod["containers"].Items, .. _pod["initContainers"].Items.Where(static container => container["restartPolicy"].Text == "Always")];
        foreach (ManifestView container in lasting)
        {
            foreach (ManifestView declared in container["ports"].Items)
            {
                if (declared["name"].Text == meant.Text && declared["containerPort"].Whole is >= 1 and <= 65535 and var inside) return Add(meant.Text, (int)inside, declared["protocol"], application, declared);
            }
        }
        string[] names = [.. lasting.SelectMany(static container => container["ports"].Items).Select(static declared => declared["name"].Text).OfType<string>()];
        meant.Refuse($"{Object.Title} has no port named {meant.Text}", names.Length > 0 ? $"it has {string.Join(", ", names)}" : "write the port's number");
        return null;
    }

    /// <summary>Opens a port on the machines of clusters that do so themselves.</summary>
    public static void Publish(Port port, long number) => port.Item["publishedPort"] ??= number;

    private static void Speak(Port port, string protocol)
    {
        if (protocol == "http") port.Item.Remove("protocol");
        else port.Item["protocol"] = protocol;
    }

    // A manifest says it by the port's name, by appProtocol, or not at all; the ingress and the mesh need to know.
    private static string Speaks(int number, string? name, string? application)
    {
        foreach (string? word in (string?[])[application, name])
        {
            string lower = word?.ToLowerInvariant() ?? "";
            if (lower is "http" or "http1" or "ws" or "kubernetes.io/ws" or "web" or "www" or "ui" || lower.StartsWith("http-", StringComparison.Ordinal) || lower.StartsWith("web-", StringComparison.Ordinal) || lower.EndsWith("-http", StringComparison.Ordinal) || lower is "metrics") return "http";
            if (lower is "http2" or "h2c" or "grpc" or "kubernetes.io/h2c" || lower.StartsWith("grpc-", StringComparison.Ordinal) || lower.StartsWith("http2-", StringComparison.Ordinal)) return "http2";
            if (lower is "https" or "tls" or "tcp" or "kubernetes.io/wss" or "wss" || lower.StartsWith("tcp-", StringComparison.Ordinal) || lower.StartsWith("https-", StringComparison.Ordinal) || lower.StartsWith("tls-", StringComparison.Ordinal)
                || lower is "mysql" or "postgres" or "postgresql" or "redis" or "mongo" or "mongodb" or "amqp" or "kafka" or "mqtt" or "ldap" or "smtp" or "ssh" or "sftp" or "client" or "peer" or "cql") return "tcp";
        }
        return HttpGuess.Of(number);
    }
}
