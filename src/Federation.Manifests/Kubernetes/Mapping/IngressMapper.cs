using System.Globalization;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Reading;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <summary>Makes a Route of each host and path of an Ingress.</summary>
internal sealed class IngressMapper(ManifestSet set, ServiceMapper services, ManifestObject ingress)
{
    private readonly HashSet<(string Host, string Path)> _told = [];
    private int _number;

    public void Map()
    {
        ManifestView spec = ingress.View["spec"];
        foreach ((string key, ManifestView value) in ingress.View["metadata"]["annotations"].Members)
        {
            if (IsOfController(key)) value.Warn("it is for another ingress, and changes nothing here");
        }
        ManifestView all = spec["defaultBackend"];
        if (all["service"].IsThere) Route(all, all["service"], OwnHost, "/", all);
        foreach (ManifestView rule in spec["rules"].Items)
        {
            ManifestView host = rule["host"];
            foreach (ManifestView path in rule["http"]["paths"].Items)
            {
                ManifestView type = path["pathType"];
                string prefix = path["path"].Text is { Length: > 0 } text ? text : "/";
                if (type.Text is not ("Prefix" or "Exact" or "ImplementationSpecific")) type.Refuse(type.IsThere ? "the type is Prefix, Exact or ImplementationSpecific" : "the field is required", "write pathType: Prefix");
                if (type.Text == "ImplementationSpecific" && prefix.IndexOfAny(['(', '*', '[', '$', '^', '|']) >= 0)
                {
                    path["path"].Refuse("a route's path is a prefix, and no pattern", "write the part before the pattern, with pathType: Prefix");
                    continue;
                }
                if (type.Text == "Exact") type.Warn("a route serves what lies below its path as well");
                if (path["backend"]["service"].IsThere) Route(path, path["backend"]["service"], host.Text is { Length: > 0 } named ? named : OwnHost, prefix, host.IsThere ? host : path);
                else if (!path["backend"]["resource"].IsThere) path["backend"].Refuse("a path has a backend", "write backend: { service: { name: NAME, port: { number: PORT } } }");
            }
            if (rule["http"]["paths"].Items.Count > 0) continue;
            // A host alone leads to the default backend.
            if (!rule["http"].IsThere && host.Text is { Length: > 0 } alone && all["service"].IsThere) Route(rule, all["service"], alone, "/", host);
            else rule.Refuse("a rule has paths", "write http: { paths: [...] }");
        }
        if (!spec["rules"].IsThere && !all.IsThere) spec.Refuse("an Ingress has rules or a default backend", "write rules: [...]");
    }

    private string OwnHost => ingress.View["metadata"]["annotations"][ManifestSet.HostAnnotation].Text is { Length: > 0 } own ? own : $"{ManifestSet.NameOf(ingress.Name)}.{ingress.Namespace}.{ManifestSet.Domain}";

    private static bool IsOfController(string key) => key.IndexOf('/') is > 0 and var slash
        && (key[..slash].Contains("ingress", StringComparison.Ordinal) || key[..slash].Contains("traefik", StringComparison.Ordinal) || key[..slash].Contains("haproxy", StringComparison.Ordinal)
            || key[..slash].Contains("cert-manager", StringComparison.Ordinal) || key[..slash].Contains("konghq", StringComparison.Ordinal) || key[..slash].EndsWith("kubernetes.io", StringComparison.Ordinal) && key[..slash] is not ("app.kubernetes.io" or "kubectl.kubernetes.io"));

    private void Route(ManifestView at, ManifestView backend, string host, string path, ManifestView from)
    {
        string name = backend["name"].Text ?? "";
        ManifestView port = backend["port"];
        if (services.Find(ingress.Namespace, name) is not { } service)
        {
            backend["name"].Refuse(name.Length > 0 ? $"there is no Service {(name.Length > 63 ? name[..63] + "..." : name)} among the files, or it leads nowhere" : "the field is required", "apply the Ingress together with its Services and their workloads");
            return;
        }
        ServiceMapper.ServicePort[] found = [.. service.Ports.Where(known => port["number"].IsThere ? known.Number == port["number"].Whole : known.Name == port["name"].Text)];
        if (found.Length == 0)
        {
            (port.IsThere ? port : backend).Refuse("the Service has no such port", service.Ports.Count > 0 ? $"it has {string.Join(", ", service.Ports.Select(static known => known.Name is { } called ? $"{called} ({known.Number.ToString(CultureInfo.InvariantCulture)})" : known.Number.ToString(CultureInfo.InvariantCulture)))}" : null);
            return;
        }
        if (service.Workloads.Count > 1) backend["name"].Refuse("a route leads to one workload, and the Service selects several", "give each a Service of its own, or roll out versions of one workload");
        if (!found[0].Port.IsHttp)
        {
            // Whoever routes HTTP to it says what it speaks.
            if (found[0].Port.Protocol == "tcp") found[0].Port.Item.Remove("protocol");
            else backend["port"].Refuse("the ingress carries HTTP alone", null);
        }
        if (path.Length > 1) path = path.TrimEnd('/');
        if (path.Length == 0) path = "/";
        if (!_told.Add((host.ToLowerInvariant(), path)))
        {
            at.Refuse($"host {host} and path {path} are given twice", "remove one");
            return;
        }
        _number++;
        string route = ManifestSet.NameOf(_number == 1 ? ingress.Name : string.Create(CultureInfo.InvariantCulture, $"{ingress.Name}-{_number}"));
        if (set.IsTaken("Route", ingress.Namespace, route)) route = ManifestSet.NameOf($"{route}-ingress");
        ResourceDraft draft = set.Begin("Route", route, ingress, at);
        set.Label(draft, ingress);
        draft.Set("spec.host", host, from.Place);
        if (path != "/") draft.Set("spec.path", path, at["path"].Place);
        draft.Set("spec.workload", service.Workloads[0].Draft.Name, backend["name"].Place);
        draft.Set("spec.port", found[0].Port.Name, port.Place);
        if (host == OwnHost) at.Warn($"it is reached at the ingress as http://{host}{path}");
    }
}
