using System.Globalization;
using Federation.Domain.Workloads;

namespace Federation.Domain.Resources.Rules;

/// <summary>What a container's mounts, names and limits must meet.</summary>
internal static class ContainerRules
{
    private static readonly string[] KnownObjects = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];
    private static readonly string[] KnownNamespaces = ["network", "ipc", "pid", "uts", "user", "cgroup"];

    public static void Check(string path, ContainerTemplate container, RuleContext context)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        Each($"{path}.tmpfs", container.Tmpfs, (at, mount) =>
        {
            CheckTarget($"{at}.path", mount.Path, targets, context);
            CheckMode($"{at}.mode", mount.Mode, context);
        });
        Each($"{path}.binds", container.Binds, (at, mount) =>
        {
            CheckTarget($"{at}.path", mount.Path, mount.Pipe ? null : targets, context);
            if (!mount.Source.StartsWith('/') && !IsOfWindows(mount.Source) && !mount.Pipe) context.Refuse($"{at}.source", "a path on the machine begins with '/'", "write it whole: it is the same on every machine that runs the workload");
        });
        Each($"{path}.scratch", container.Scratch, (at, target) => CheckTarget(at, target, targets, context));
        Each($"{path}.ulimits", container.Ulimits, (at, limit) =>
        {
            if (limit.Name.Length == 0 || !limit.Name.All(char.IsAsciiLetterLower)) context.Refuse($"{at}.name", "a limit's name has lower-case letters alone, such as nofile");
            if (limit.Soft < -1 || limit.Hard < -1) context.Refuse(at, "a limit is -1 for none, or not negative");
            if (limit.Hard >= 0 && (limit.Soft > limit.Hard || limit.Soft < 0)) context.Refuse($"{at}.soft", "soft is not above hard");
        });
        Each($"{path}.extraHosts", container.ExtraHosts, (at, host) =>
        {
            if (host.Host.Length == 0 || host.Host.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))) context.Refuse($"{at}.host", "a host's name is not empty and has no white space");
            if (host.Address != "host-gateway" && !AddressSyntax.IsAddress(host.Address)) context.Refuse($"{at}.address", "an address is an IP address, or host-gateway");
        });
        foreach ((string key, string value) in container.Namespaces ?? new Dictionary<string, string>())
        {
            if (!KnownNamespaces.Contains(key)) context.Refuse(RuleContext.KeyPath($"{path}.namespaces", key), $"known are {string.Join(", ", KnownNamespaces)}");
            else if (value.Length == 0) context.Refuse($"{path}.namespaces.{key}", "it names what is shared, such as host");
        }
        Each($"{path}.networks", container.Networks, (at, network) =>
        {
            if (network.Name.Length == 0 || network.Name.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '/')) context.Refuse($"{at}.name", "a network's name is not empty and has no white space or '/'");
        });
        Each($"{path}.deviceRequests", container.DeviceRequests, (at, request) =>
        {
            if (request is { Count: not null, Ids.Count: > 0 }) context.Refuse(at, "count and ids exclude each other", "keep one of them");
        });
        if (container.Kubernetes is { } fields) CheckKubernetes($"{path}.kubernetes", fields, context);
        if (container.EndpointMode is not (null or "vip" or "dnsrr")) context.Refuse($"{path}.endpointMode", "it is vip or dnsrr");
        if (container.Isolation is not (null or "default" or "process" or "hyperv")) context.Refuse($"{path}.isolation", "it is default, process or hyperv");
    }

    /// <summary>Refuses single files at paths that are not inside the container, or that two of them share.</summary>
    public static void CheckFiles(string path, IReadOnlyList<FileTarget> files, HashSet<string> targets, RuleContext context) => Each(path, files, (at, file) =>
    {
        CheckTarget($"{at}.path", file.Path, targets, context);
        CheckMode($"{at}.mode", file.Mode, context);
        if (file.User is { } user && !IsNumber(user)) context.Refuse($"{at}.user", "a file's owner is given by number: names are the image's own");
        if (file.Group is { } group && !IsNumber(group)) context.Refuse($"{at}.group", "a file's group is given by number: names are the image's own");
    });

    // C:\data names a drive.
    private static bool IsOfWindows(string path) => path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/';

    private static bool IsNumber(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void CheckTarget(string path, string target, HashSet<string>? targets, RuleContext context)
    {
        if (targets is null) return;
        if (!IsOfWindows(target) && (!target.StartsWith('/') || target.Trim('/').Length == 0 || target.Split('/').Contains(".."))) context.Refuse(path, "a path inside a container names something below '/', without '..'");
        else if (!targets.Add(target.TrimEnd('/'))) context.Refuse(path, "a path inside the container is given once");
    }

    private static void CheckMode(string path, string? mode, RuleContext context)
    {
        if (mode is null) return;
        if (mode.Length is < 3 or > 5 || !mode.All(static c => c is >= '0' and <= '7')) context.Refuse(path, "rights are written in octal, such as 0440");
    }

    private static void CheckKubernetes(string path, KubernetesFields fields, RuleContext context)
    {
        if (fields.Kind is { } kind && !KnownObjects.Contains(kind)) context.Refuse($"{path}.kind", $"it is one of {string.Join(", ", KnownObjects)}");
        foreach ((string member, IReadOnlyDictionary<string, string>? map) in ((string, IReadOnlyDictionary<string, string>?)[])[("needed", fields.Needed), ("extra", fields.Extra)])
        {
            foreach ((string key, string value) in map ?? new Dictionary<string, string>())
            {
                string at = RuleContext.KeyPath($"{path}.{member}", key);
                int dot = key.IndexOf('.', StringComparison.Ordinal);
                if (dot <= 0 || dot == key.Length - 1 || !KubernetesFields.Parts.Contains(key[..dot]))
                    context.Refuse(at, $"a path begins with {string.Join(", ", KubernetesFields.Parts)}, and goes on behind a '.'", "such as pod.spec.priorityClassName");
                if (!IsJson(value)) context.Refuse(at, "the value is no JSON", "text stands in double quotes of its own");
                if (member == "extra" && fields.Needed?.ContainsKey(key) == true) context.Refuse(at, "a path is given in needed or in extra, not in both");
            }
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var _ = System.Text.Json.JsonDocument.Parse(text);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static void Each<T>(string path, IReadOnlyList<T>? items, Action<string, T> check)
    {
        for (int i = 0; i < (items?.Count ?? 0); i++) check(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), items![i]);
    }
}
