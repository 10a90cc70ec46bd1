using System.Globalization;
using Federation.Domain.Workloads;
using Federation.Manifests.Text;

namespace Federation.Cli.Reaching;

/// <summary>A port here and one of a workload: <c>http</c>, <c>8080</c>, <c>8080:http</c>, <c>:http</c>, <c>8080:80</c>.</summary>
/// <param name="Local">The port here; 0 for any that is free.</param>
/// <param name="Remote">The workload's port by its name.</param>
internal sealed record PortMapping(int Local, string Remote)
{
    /// <exception cref="CliException">The workload has no such port.</exception>
    public static PortMapping Parse(string text, string workload, IReadOnlyList<PortTemplate> ports)
    {
        if (ports.Count == 0) throw new CliException(ExitCode.InvalidInput, $"workload/{workload} has no ports", "declare one: fedctl explain workload.spec.template.ports");
        string[] parts = text.Split(':');
        if (parts.Length > 2) throw Wrong(text);
        if (parts.Length == 2) return new PortMapping(parts[0].Length == 0 ? 0 : Number(parts[0]) ?? throw Wrong(text), Find(parts[1], workload, ports));
        // A lone number that no container has is a port here, for the only port there.
        if (Number(text) is { } number) return new PortMapping(number, ports.FirstOrDefault(port => port.ContainerPort == number)?.Name ?? ports[0].Name);
        return new PortMapping(0, Find(text, workload, ports));
    }

    private static string Find(string text, string workload, IReadOnlyList<PortTemplate> ports)
    {
        PortTemplate? found = ports.FirstOrDefault(port => port.Name == text) ?? (Number(text) is { } number ? ports.FirstOrDefault(port => port.ContainerPort == number) : null);
        if (found is not null) return found.Name;
        string? near = NearestName.Find(text, ports.Select(static port => port.Name));
        throw new CliException(ExitCode.NotFound, $"workload/{workload} has no port '{text}'{(near is null ? "" : $"; did you mean {near}?")}", $"its ports are: {string.Join(", ", ports.Select(static port => port.Name))}");
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 0 and <= 65535 ? number : null;

    private static CliException Wrong(string text) => new(ExitCode.Usage, $"'{text}' is no port mapping", "for example: 8080:http, which is port 8080 here and the port named http there");
}
