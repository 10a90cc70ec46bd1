using System.Globalization;
using Federation.Domain.Workloads;

namespace Federation.Domain.Resources.Rules;

internal static class TemplateRules
{
    public static void Check(string path, WorkloadTemplate template, RuleContext context)
    {
        if (template.Image is null && template.Process is null)
            context.Refuse(path, "a template needs an image or a process", "add process: { command: PROGRAM }");
        if (template.Image is { } image && ImageSyntax.Violation(image) is { } rule) context.Refuse($"{path}.image", rule, "write it as registry/name:tag");
        CheckPulls($"{path}.imagePullSecrets", template, context);
        if (template.Container is { } container) CheckContainer($"{path}.container", container, template.Image, context);
        if (template.Process is { } process) CheckProcess($"{path}.process", process, context);
        CheckEnvironment($"{path}.environment", template.Environment, context);
        CheckPorts($"{path}.ports", template.Ports ?? [], context);
        if (template.Resources is { } resources) CheckResources($"{path}.resources", resources, context);
        if (template.HealthCheck is { } check) CheckHealth($"{path}.healthCheck", check, template.Ports ?? [], context);
        CheckFiles($"{path}.configs", template.Configs ?? [], "configs", template.Process is null, context);
        CheckFiles($"{path}.secrets", template.Secrets ?? [], "secrets", template.Process is null, context);
        CheckVolumes($"{path}.volumes", template.Volumes ?? [], context);
        if (template.Restart.MaxBackoffSeconds < template.Restart.BackoffSeconds)
            context.Refuse($"{path}.restart.maxBackoffSeconds", "maxBackoffSeconds is not below backoffSeconds");
        CheckEnd(path, template, context);
    }

    private static void CheckPulls(string path, WorkloadTemplate template, RuleContext context)
    {
        if (template.ImagePullSecrets is not { Count: > 0 } names) return;
        if (template.Image is null) context.Refuse(path, "they are for who fetches the image, and the template has none", "add image: NAME");
        for (int i = 0; i < names.Count; i++)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            context.RequireName(at, names[i]);
            if (names.Take(i).Contains(names[i])) context.Refuse(at, "a Secret is named once");
        }
    }

    // What is to end is not started again after every end, and what is made of it must be able to end.
    private static void CheckEnd(string path, WorkloadTemplate template, RuleContext context)
    {
        bool ends = template.Restart.Condition != RestartCondition.Always;
        string? kind = template.Container?.Kubernetes?.Kind;
        if (!ends && template.Container is { Mode: ContainerMode.ReplicatedJob or ContainerMode.GlobalJob })
            context.Refuse($"{path}.restart.condition", "what runs to its end is not started again after every end", "write onFailure or never, or another container.mode");
        if (!ends && kind is "Job" or "CronJob")
            context.Refuse($"{path}.restart.condition", $"the pods of a {kind} are not started again after every end", "write onFailure or never");
        if (ends && kind is "Deployment" or "StatefulSet" or "DaemonSet")
            context.Refuse($"{path}.container.kubernetes.kind", $"the pods of a {kind} are started again after every end, and restart.condition says otherwise", "remove it, or write Job");
    }

    private static void CheckContainer(string path, ContainerTemplate container, string? image, RuleContext context)
    {
        if (image is null) context.Refuse(path, "it says how an image is run, and the template has none", "add image: NAME");
        if (container.Command is { } command && (command.Count == 0 || command[0].Length == 0)) context.Refuse($"{path}.command", "a command names a program", "remove it for the image's own");
        if (container.WorkingDirectory is { } folder && !folder.StartsWith('/')) context.Refuse($"{path}.workingDirectory", "a working directory inside a container begins with '/'");
        if (container.User is { } user && (user.Length == 0 || user.Count(static c => c == ':') > 1 || user.Split(':').Contains("") || user.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))))
            context.Refuse($"{path}.user", "a user is NAME or NUMBER, or such a pair with ':' between user and group");
        if (container.StopSignal is { } signal && !IsSignal(signal)) context.Refuse($"{path}.stopSignal", "a signal is a name such as SIGQUIT, or a number from 1 to 64");
        CheckEnvironment($"{path}.environment", container.Environment, context);
        ContainerRules.Check(path, container, context);
    }

    private static bool IsSignal(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number is >= 1 and <= 64
        : text.Length is > 3 and <= 16 && text.StartsWith("SIG", StringComparison.Ordinal) && text.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '+' or '-');

    private static void CheckProcess(string path, ProcessTemplate process, RuleContext context)
    {
        if (string.IsNullOrWhiteSpace(process.Command)) context.Refuse($"{path}.command", "a process needs a command");
        if (process.WorkingDirectory?.Length == 0) context.Refuse($"{path}.workingDirectory", "a working directory must not be empty", "remove it for the replica's own folder");
        CheckEnvironment($"{path}.environment", process.Environment, context);
    }

    private static void CheckEnvironment(string path, IReadOnlyDictionary<string, string>? environment, RuleContext context)
    {
        foreach (string name in environment?.Keys ?? [])
        {
            if (IsVariable(name)) continue;
            string plain = name.Replace(":", "__", StringComparison.Ordinal);
            context.Refuse(RuleContext.KeyPath(path, name), "a variable's name has letters, digits, '_', '.' and '-', and does not begin with a digit", IsVariable(plain) && plain.Length <= 63 ? $"write {plain}: .NET reads __ as ':'" : null);
        }
    }

    // Engines take more; a workload is for every cluster, and Kubernetes before 1.32 takes no more.
    private static bool IsVariable(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static void CheckPorts(string path, IReadOnlyList<PortTemplate> ports, RuleContext context)
    {
        var names = new HashSet<string>();
        var numbers = new HashSet<(int, bool)>();
        var published = new HashSet<(int, bool)>();
        for (int i = 0; i < ports.Count; i++)
        {
            context.RequireName(At(path, i, "name"), ports[i].Name);
            if (!names.Add(ports[i].Name))
                context.Refuse(At(path, i, "name"), "a port's name is unique in its workload");
            if (ports[i].ContainerPort is { } number && !numbers.Add((number, ports[i].Protocol == PortProtocol.Udp)))
                context.Refuse(At(path, i, "containerPort"), "a container port is given once");
            if (ports[i].PublishedPort is { } open && !published.Add((open, ports[i].Protocol == PortProtocol.Udp)))
                context.Refuse(At(path, i, "publishedPort"), "a port is published once");
            if (ports[i].PublishedAddress is { } address && !AddressSyntax.IsAddress(address)) context.Refuse(At(path, i, "publishedAddress"), "an address is an IP address");
        }
    }

    private static void CheckResources(string path, ResourceRequirements resources, RuleContext context)
    {
        if (resources.CpuLimit is { } cpu && (cpu.Value == 0 || cpu.CompareTo(resources.Cpu) < 0))
            context.Refuse($"{path}.cpuLimit", $"cpuLimit is above 0 and not below cpu ({resources.Cpu})");
        if (resources.MemoryLimit is { } memory && (memory.Value == 0 || memory.CompareTo(resources.Memory) < 0))
            context.Refuse($"{path}.memoryLimit", $"memoryLimit is above 0 and not below memory ({resources.Memory})");
    }

    private static void CheckHealth(string path, HealthCheck check, IReadOnlyList<PortTemplate> ports, RuleContext context)
    {
        int ways = (check.Http is null ? 0 : 1) + (check.Tcp is null ? 0 : 1) + (check.Exec is null ? 0 : 1);
        if (ways != 1) context.Refuse(path, $"a health check has exactly one of http, tcp and exec, this one has {ways}");
        if (check.Http is { } http)
        {
            if (!http.Path.StartsWith('/') || http.Path.Any(static c => c <= ' ' || c == '\x7f'))
                context.Refuse($"{path}.http.path", "a path begins with '/' and has no white space", http.Path.Any(static c => c <= ' ') ? null : $"write /{http.Path}");
            CheckPort($"{path}.http", http.Port, ports, context);
        }
        if (check.Tcp is { } tcp) CheckPort($"{path}.tcp", tcp.Port, ports, context);
        if (check.Exec is { } exec && (exec.Command.Count == 0 || exec.Command[0].Length == 0))
            context.Refuse($"{path}.exec.command", "a command names a program");
    }

    private static void CheckPort(string path, string? name, IReadOnlyList<PortTemplate> ports, RuleContext context)
    {
        if (!ports.Any(static port => port.Protocol.Connects())) context.Refuse(path, ports.Count == 0 ? "the check needs a port and the template has none" : "the check needs a port that takes connections and the template has none", "add ports: [{ name: http }]");
        else if (name is not null && ports.All(port => port.Name != name))
            context.Refuse($"{path}.port", "the template has no port of this name", $"it has {string.Join(", ", ports.Select(port => port.Name))}");
        else if (name is not null && ports.Any(port => port.Name == name && !port.Protocol.Connects()))
            context.Refuse($"{path}.port", "the port takes datagrams, and a check connects", "name one that takes connections, or check with exec");
    }

    private static void CheckFiles(string path, IReadOnlyList<FileReference> files, string folder, bool onlyContainer, RuleContext context)
    {
        var paths = new HashSet<string>();
        var targets = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < files.Count; i++)
        {
            context.RequireName(At(path, i, "name"), files[i].Name);
            if (files[i].Files is { } single) ContainerRules.CheckFiles(At(path, i, "files"), single, targets, context);
            if (files[i].Path is { } folderPath && FolderViolation(folderPath, onlyContainer) is { } rule) context.Refuse(At(path, i, "path"), rule);
            if (!paths.Add((files[i].Path ?? $"{folder}/{files[i].Name}").TrimEnd('/')))
                context.Refuse(At(path, i, files[i].Path is null ? "name" : "path"), "each reference has a folder of its own", "give one of them another path");
        }
    }

    private static void CheckVolumes(string path, IReadOnlyList<VolumeReference> volumes, RuleContext context)
    {
        var paths = new HashSet<(string Name, string Path)>();
        var firsts = new Dictionary<string, VolumeReference>();
        for (int i = 0; i < volumes.Count; i++)
        {
            VolumeReference volume = volumes[i];
            context.RequireName(At(path, i, "name"), volume.Name);
            if (!paths.Add((volume.Name, volume.PathInside.Length > 1 ? volume.PathInside.TrimEnd('/') : volume.PathInside))) context.Refuse(At(path, i, "path"), "a volume is named once for each path at which it is seen", "give one of them another path, or remove it");
            else if (!firsts.TryAdd(volume.Name, volume) && !IsMadeAlike(firsts[volume.Name], volume))
                context.Refuse(At(path, i, "name"), "driver, driverOptions and engineName are those of the volume: they are the same wherever it is named", "write them alike");
            if (volumes[i].Path is { } mount && (!mount.StartsWith('/') || mount.Split('/').Contains("..")))
                context.Refuse(At(path, i, "path"), "a volume's path begins with '/' and has no part '..'");
        }
    }

    private static bool IsMadeAlike(VolumeReference first, VolumeReference other) => first.Driver == other.Driver && first.EngineName == other.EngineName
        && (first.DriverOptions ?? new Dictionary<string, string>()).OrderBy(static option => option.Key, StringComparer.Ordinal)
            .SequenceEqual((other.DriverOptions ?? new Dictionary<string, string>()).OrderBy(static option => option.Key, StringComparer.Ordinal));

    private static string? FolderViolation(string path, bool onlyContainer)
    {
        if (onlyContainer && path.StartsWith('/'))
            return path.Trim('/').Split('/').Any(static part => part is "" or "." or "..") ? "a path inside a container names a folder below '/', with no empty part, '.' or '..'" : null;
        if (path.Length == 0 || path.StartsWith('/') || path.Contains('\\')) return "the path is relative to the replica's folder, with '/' between its parts";
        return path.TrimEnd('/').Split('/').Any(static part => part is "" or "." or "..") ? "the path has no empty part, '.' or '..'" : null;
    }

    private static string At(string path, int index, string member) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}].{member}");
}
