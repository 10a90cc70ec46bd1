using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Compose.Values;
using Federation.Manifests.Foreign;

namespace Federation.Manifests.Compose.Mapping;

/// <content>Networks, ports and routes.</content>
internal sealed partial class ServiceMapper
{
    private const string Default = "default";
    private const int MostPorts = 1000;

    private sealed record Published(PublishedPort Port, string Protocol, string? Name, bool Host, View From);

    private void MapNetworks()
    {
        foreach (View link in service["links"].Items) WarnOfAlias(link);
        View networks = service["networks"], address = service["mac_address"];
        if (networks.IsThere)
        {
            foreach ((string key, View attachment) in networks.Members) Attach(key, attachment);
        }
        // The network that a stack has by itself, where the file says something of it.
        else if (stack.Root["networks"][Default].IsThere && !service["network_mode"].IsThere)
        {
            Attach(Default, new View(null, service.Place, service.Errors));
        }
        if (!address.IsThere) return;
        if (_draft.List($"{Container}.networks") is [JsonObject first, ..]) first["macAddress"] ??= address.Text;
        else address.Refuse("an address belongs to a network, and the service names none", "write it under one of its networks");
    }

    // A link's own name for a service is that of one caller; a further name is one for everybody in the network, so that its author says it, not we.
    private void WarnOfAlias(View link)
    {
        if (link.Text?.Split(':') is not [var linked, { Length: > 0 } alias] || alias == linked || alias == ForeignNames.Of(linked)) return;
        View other = stack.Root["services"][linked];
        string network = other["networks"].Members.Select(static member => member.Key).FirstOrDefault() ?? Default;
        link.Warn(
            stack.Has("services", alias) ? $"the name {alias} leads to the service of that name, and not to {linked}" : $"the name {alias} leads nowhere: {linked} is called by its own",
            stack.Has("services", alias) ? $"call {linked} by its own name" : $"call it {ForeignNames.Of(linked)}, or write networks: {{ {network}: {{ aliases: [{alias}] }} }} in the service {linked}");
    }

    private void Attach(string key, View attachment)
    {
        View definition = stack.Root["networks"][key];
        if (key != Default && (stack.Root["networks"].Node as Nodes.MappingNode)?.Find(key) is null)
        {
            string? near = Federation.Manifests.Text.NearestName.Find(key, stack.Root["networks"].Members.Select(static member => member.Key));
            attachment.Refuse($"there is no network {key} under networks", near is null ? "add it there, with external: true if the clusters have it" : $"did you mean {near}?");
            return;
        }
        if (!_hasImage) return;
        bool external = StackMapper.IsExternal(definition);
        var item = new JsonObject { ["name"] = external ? StackMapper.ExternalName(definition, key) : definition["name"].Text ?? stack.NetworkOf(key) };
        if (external) item["external"] = true;
        else
        {
            Member(item, "driver", definition["driver"].Text);
            Map(item, "driverOptions", definition["driver_opts"]);
            if (definition["attachable"].Flag == true) item["attachable"] = true;
            if (definition["internal"].Flag == true) item["internal"] = true;
            if (definition["enable_ipv4"].Flag is { } ipv4) item["ipv4"] = ipv4;
            if (definition["enable_ipv6"].Flag == true) item["ipv6"] = true;
            Map(item, "labels", definition["labels"]);
            View ipam = definition["ipam"];
            Member(item, "addressDriver", ipam["driver"].Text);
            Map(item, "addressOptions", ipam["options"]);
            var ranges = new JsonArray();
            foreach (View config in ipam["config"].Items)
            {
                var range = new JsonObject { ["subnet"] = config["subnet"].Text ?? "" };
                if (config["subnet"].Text is null) config.Refuse("a range has a subnet", "write subnet: 10.5.0.0/16");
                Member(range, "pool", config["ip_range"].Text);
                Member(range, "gateway", config["gateway"].Text);
                Map(range, "reserved", config["aux_addresses"]);
                ranges.Add((JsonNode)range);
            }
            if (ranges.Count > 0) item["ranges"] = ranges;
        }
        List(item, "aliases", attachment["aliases"]);
        Member(item, "ipv4Address", attachment["ipv4_address"].Text);
        Member(item, "ipv6Address", attachment["ipv6_address"].Text);
        List(item, "linkLocalAddresses", attachment["link_local_ips"]);
        Member(item, "macAddress", attachment["mac_address"].Text);
        Member(item, "interface", attachment["interface_name"].Text);
        Map(item, "options", attachment["driver_opts"]);
        if (attachment["priority"].Whole is { } priority) item["priority"] = priority;
        if (attachment["gw_priority"].Whole is { } gateway) item["gatewayPriority"] = gateway;
        _draft.Add($"{Container}.networks", item, attachment.Place);
    }

    private static void Member(JsonObject item, string field, string? text)
    {
        if (text is not null) item[field] = text;
    }

    private static void List(JsonObject item, string field, View texts)
    {
        if (texts.Texts is { Count: > 0 } some) item[field] = Texts(some);
    }

    private static void Map(JsonObject item, string field, View pairs)
    {
        var map = new JsonObject();
        foreach ((string key, View value) in pairs.Members) map[key] = value.Text ?? "";
        if (map.Count > 0) item[field] = map;
    }

    private void MapPorts()
    {
        List<Published> ports = [];
        foreach (View port in service["ports"].Items)
        {
            ports.AddRange(Read(port));
            // Ranges are short to write: no more of them is laid out than is refused.
            if (ports.Count > MostPorts) break;
        }
        var seen = ports.Select(static port => (port.Port.Target, port.Port.Protocol)).ToHashSet();
        foreach (View exposed in service["expose"].Items)
        {
            if (ports.Count > MostPorts) break;
            foreach (PublishedPort port in Parse(exposed, static text => ShortForms.Ports(text)))
            {
                if (seen.Add((port.Target, port.Protocol))) ports.Add(new(port with { Published = null }, Speaks(port.Target, port.Protocol, null, exposed), null, false, exposed));
            }
        }
        if (ports.Count > MostPorts)
        {
            service["ports"].Refuse($"a service has at most {MostPorts} ports");
            return;
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new Dictionary<(int, string), Published>();
        var routed = new List<(string Name, Published Port)>();
        foreach (Published port in ports)
        {
            if (!numbers.TryAdd((port.Port.Target, port.Port.Protocol), port))
            {
                Published first = numbers[(port.Port.Target, port.Port.Protocol)];
                if (!port.Host && !first.Host && port.Name is null)
                {
                    port.From.Warn($"port {port.Port.Target.ToString(CultureInfo.InvariantCulture)} of the container is published already, in line {first.From.Place.At.Line.ToString(CultureInfo.InvariantCulture)}: it is reached as that says");
                    continue;
                }
                port.From.Refuse($"port {port.Port.Target.ToString(CultureInfo.InvariantCulture)} of the container is published already, in line {first.From.Place.At.Line.ToString(CultureInfo.InvariantCulture)}", "publish it once; another host or path is a route of x-federation");
                continue;
            }
            bool http = port.Protocol is "http" or "http2";
            string usual = http && !names.Contains("http") ? "http" : string.Create(CultureInfo.InvariantCulture, $"port-{port.Port.Target}{(port.Port.Protocol == "udp" ? "-udp" : "")}");
            string named = port.Name is { } given ? ForeignNames.Of(given) : usual;
            names.Add(named);
            var item = new JsonObject { ["name"] = named, ["containerPort"] = port.Port.Target };
            if (port.Protocol != "http") item["protocol"] = port.Protocol;
            if (port.Port.Published is { } published) item["publishedPort"] = published;
            if (port.Host) item["publish"] = "host";
            if (port.Port.Address is { } at) item["publishedAddress"] = at;
            _draft.Add($"{Template}.ports", item, port.From.Place);
            if (port.Port.Published is null && !IsPublished(port)) continue;
            if (port.Host) continue;
            if (http) routed.Add((named, port));
            else if (port.Port.Protocol == "udp") port.From.Warn($"the ingress carries HTTP alone: the UDP port {port.Port.Target.ToString(CultureInfo.InvariantCulture)} is reached inside clusters", "for one from outside, publish it in mode: host, where the kind of cluster can");
            else port.From.Warn($"the ingress carries HTTP alone: port {port.Port.Target.ToString(CultureInfo.InvariantCulture)} is reached inside clusters, and from outside by fedctl port-forward", $"if it speaks HTTP, say so: {ComposeKeys.Extension}: {{ ports: {{ \"{port.Port.Target.ToString(CultureInfo.InvariantCulture)}\": http }} }}");
        }
        foreach ((string key, View value) in Extension["ports"].Members)
        {
            if (!numbers.Keys.Any(known => known.Item1.ToString(CultureInfo.InvariantCulture) == key)) value.Refuse("the service has no such port", "name one of ports or expose by its number inside the container");
            else if (value.Text is not ("http" or "http2" or "tcp")) value.Refuse("a port speaks http, http2 or tcp");
        }
        MapRoutes(routed);
    }

    private bool IsPublished(Published port) => port.From.Place.Path.StartsWith(service["ports"].Place.Path, StringComparison.Ordinal);

    private void MapRoutes(List<(string Name, Published Port)> routed)
    {
        View routes = Extension["routes"];
        if (routes.IsThere)
        {
            int number = 0;
            foreach (View route in routes.Items)
            {
                number++;
                ResourceDraft own = stack.Begin("Route", number == 1 ? _workload : string.Create(CultureInfo.InvariantCulture, $"{_workload}-{number}"), route.Place);
                own.Set("spec.workload", _workload, route.Place);
                foreach ((string key, View value) in route.Members)
                {
                    if (key is not ("host" or "path" or "port")) StackMapper.Unknown(value, key, ["host", "path", "port"]);
                    else own.Set($"spec.{key}", value.Text, value.Place);
                }
                if (!route["host"].IsThere) own.Set("spec.host", Host(""), route.Place);
            }
            return;
        }
        foreach (((string port, Published published), int index) in routed.Select(static (item, index) => (item, index)))
        {
            string host = Host(index == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{published.Port.Target}"));
            ResourceDraft route = stack.Begin("Route", index == 0 ? _workload : string.Create(CultureInfo.InvariantCulture, $"{_workload}-{published.Port.Target}"), published.From.Place);
            route.Set("spec.host", host, published.From.Place);
            route.Set("spec.workload", _workload, published.From.Place);
            route.Set("spec.port", port, published.From.Place);
            string opened = published.Port.Published is { } number ? $"; port {number.ToString(CultureInfo.InvariantCulture)} itself is opened on no machine" : "";
            published.From.Warn($"it is reached at the ingress as http://{host}/{opened}");
        }
    }

    private string Host(string suffix) => stack.HostOf(_workload + suffix);

    private IEnumerable<Published> Read(View port)
    {
        if (!port.IsMapping) return Parse(port, static text => ShortForms.Ports(text)).Select(one => new Published(one, Speaks(one.Target, one.Protocol, null, port), null, false, port));
        View target = port["target"], mode = port["mode"], address = port["host_ip"];
        if (target.Text is not { } inside)
        {
            port.Refuse("it names no target", "write target: PORT");
            return [];
        }
        if (mode.Text is not (null or "host" or "ingress")) mode.Refuse("the mode is host or ingress");
        string protocol = port["protocol"].SomeText?.ToLowerInvariant() ?? "tcp";
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            port["protocol"].Refuse("a port's protocol is tcp or udp");
            return [];
        }
        if (address.Text is { Length: > 0 } ip && !System.Net.IPAddress.TryParse(ip, out _)) address.Refuse("a port's address is an IP address");
        string? outside = port["published"].Text is { Length: > 0 } text && text != "0" ? text : null;
        return Parse(target, _ => ShortForms.Ports(inside, outside, protocol, address.Text is { Length: > 0 } at ? at : null))
            .Select(one => new Published(one, Speaks(one.Target, one.Protocol, port["app_protocol"].Text, port), port["name"].Text, mode.Text == "host", port));
    }

    private string Speaks(int target, string protocol, string? application, View port)
    {
        if (protocol == "sctp")
        {
            port.Refuse("a port's protocol is tcp or udp");
            return "tcp";
        }
        if (protocol == "udp") return "udp";
        if (Extension["ports"][target.ToString(CultureInfo.InvariantCulture)].Text is "http" or "http2" or "tcp") return Extension["ports"][target.ToString(CultureInfo.InvariantCulture)].Text!;
        return application?.ToLowerInvariant() switch
        {
            null => HttpGuess.Of(target),
            "http" or "http1" or "http/1.1" or "ws" => "http",
            "http2" or "h2c" or "grpc" => "http2",
            _ => "tcp",
        };
    }

    private static IReadOnlyList<PublishedPort> Parse(View view, Func<string, IReadOnlyList<PublishedPort>> parse)
    {
        try
        {
            return parse(view.Text ?? "");
        }
        catch (FormatException e)
        {
            view.Refuse(e.Message);
            return [];
        }
    }
}
