using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;
using Federation.Manifests.Foreign;

namespace Federation.Manifests.Compose.Rendering;

/// <content>Ports, and the routes that lead to them.</content>
internal sealed partial class ServiceWriter
{
    private int PortOf(int index) => _template.Ports![index].ContainerPort ?? FirstAssigned + index;

    private void WritePorts()
    {
        IReadOnlyList<PortTemplate> ports = _template.Ports ?? [];
        Route[] routes = [.. _all.OfType<Route>().Where(route => route.Spec.Workload == _workload.Metadata.Name).OrderBy(route => route.Metadata.Name != _workload.Metadata.Name).ThenBy(static route => NumberOf(route.Metadata.Name))];
        string[] usual = UsualNames(ports);
        // What is reached inside alone stands behind the others, as expose has it.
        int listed = ports.Count;
        while (listed > 0 && IsBare(ports[listed - 1], PortOf(listed - 1), usual[listed - 1], routes)) listed--;
        var list = new JsonArray();
        for (int i = 0; i < listed; i++) list.Add(Port(ports[i], PortOf(i), usual[i]));
        if (list.Count > 0) Put("ports", list);
        Put("expose", ComposeTexts.List(Enumerable.Range(listed, ports.Count - listed).Select(i => string.Create(CultureInfo.InvariantCulture, $"{PortOf(i)}{(ports[i].Protocol == PortProtocol.Udp ? "/udp" : "")}"))));
        WriteRoutes(routes, [.. Enumerable.Range(0, listed).Where(i => ports[i].Publish != PublishMode.Host && IsHttp(ports[i])).Select(i => (ports[i].Name, PortOf(i)))]);
    }

    private static int NumberOf(string name) => int.TryParse(name.AsSpan(name.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    private static bool IsHttp(PortTemplate port) => port.Protocol is PortProtocol.Http or PortProtocol.Http2;

    // As the reader names them where the file does not.
    private string[] UsualNames(IReadOnlyList<PortTemplate> ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var usual = new string[ports.Count];
        for (int i = 0; i < ports.Count; i++)
        {
            usual[i] = IsHttp(ports[i]) && !names.Contains("http") ? "http" : string.Create(CultureInfo.InvariantCulture, $"port-{PortOf(i)}{(ports[i].Protocol == PortProtocol.Udp ? "-udp" : "")}");
            names.Add(ports[i].Name);
        }
        return usual;
    }

    private static string? Spoken(PortTemplate port, int number)
    {
        string speaks = port.Protocol switch { PortProtocol.Http => "http", PortProtocol.Http2 => "http2", PortProtocol.Tcp => "tcp", _ => "udp" };
        return speaks == "udp" || speaks == HttpGuess.Of(number) ? null : speaks;
    }

    private static bool IsBare(PortTemplate port, int number, string usual, Route[] routes) =>
        port is { PublishedPort: null, Publish: PublishMode.Ingress, PublishedAddress: null } && port.Name == usual && Spoken(port, number) is null && !Array.Exists(routes, route => route.Spec.Port == port.Name);

    private static JsonNode Port(PortTemplate port, int number, string usual)
    {
        string? spoken = Spoken(port, number);
        bool datagrams = port.Protocol == PortProtocol.Udp;
        if (port.Name == usual && spoken is null && port.Publish == PublishMode.Ingress && (port.PublishedAddress is null || (port.PublishedPort is not null && !port.PublishedAddress.Contains(':', StringComparison.Ordinal))))
        {
            string inside = string.Create(CultureInfo.InvariantCulture, $"{number}{(datagrams ? "/udp" : "")}");
            string outside = port.PublishedPort is { } published ? string.Create(CultureInfo.InvariantCulture, $"{published}:") : "";
            return (port.PublishedAddress is { } address ? address + ":" : "") + outside + inside;
        }
        var one = new JsonObject { ["target"] = number };
        if (port.PublishedPort is { } at) one["published"] = at.ToString(CultureInfo.InvariantCulture);
        if (datagrams) one["protocol"] = "udp";
        ComposeTexts.Put(one, "app_protocol", spoken);
        if (port.Name != usual) one["name"] = port.Name;
        if (port.Publish == PublishMode.Host) one["mode"] = "host";
        ComposeTexts.Put(one, "host_ip", port.PublishedAddress);
        return one;
    }

    // The reader makes a route to each port of HTTP that is published; others must be said.
    private void WriteRoutes(Route[] routes, List<(string Name, int Number)> published)
    {
        string name = _workload.Metadata.Name, stack = ForeignNames.Of(_definitions.Stack);
        bool byThemselves = routes.Length == published.Count;
        for (int i = 0; byThemselves && i < routes.Length; i++)
        {
            string behind = i == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{published[i].Number}");
            Route? own = routes.FirstOrDefault(route => route.Metadata.Name == name + behind);
            byThemselves = own is not null && own.Spec.Port == published[i].Name && own.Spec.Path == "/" && own.Spec.Host == $"{name}{behind}.{stack}.{_domain}";
        }
        if (byThemselves) return;
        var list = new JsonArray();
        for (int i = 0; i < routes.Length; i++)
        {
            RouteSpec spec = routes[i].Spec;
            var one = new JsonObject { ["host"] = spec.Host };
            if (spec.Path != "/") one["path"] = spec.Path;
            ComposeTexts.Put(one, "port", spec.Port);
            list.Add((JsonNode)one);
            string named = i == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{i + 1}");
            _notes.Add(new(routes[i], "spec", named == routes[i].Metadata.Name ? ForThePlane : $"{ForThePlane}, and names it {named}"));
        }
        _extension["routes"] = list;
    }
}
