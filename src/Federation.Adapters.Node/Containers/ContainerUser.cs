using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Federation.Engine;

namespace Federation.Adapters.Node.Containers;

/// <summary>Finds the number of a container's user: files for it must be its own.</summary>
internal static class ContainerUser
{
    private const int MostFileBytes = 1024 * 1024;

    /// <summary>The number of <c>user[:group]</c>, by the container's own <c>/etc/passwd</c> where it is a name; null if there is none such.</summary>
    public static async Task<uint?> FindAsync(EngineClient engine, string container, string user, CancellationToken cancellationToken)
    {
        string name = user.Split(':')[0];
        if (name.Length == 0) return 0;
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)) return number;
        if (name == "root") return 0;
        Stream archive;
        try
        {
            archive = await engine.ReadArchiveAsync(container, "/etc/passwd", cancellationToken);
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            return null;
        }
        await using (archive)
        {
            await using var tar = new TarReader(archive);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (entry.DataStream is not { } data || entry.Length > MostFileBytes) continue;
                using var reader = new StreamReader(data, Encoding.UTF8);
                while (await reader.ReadLineAsync(cancellationToken) is { } line)
                {
                    // passwd(5): name, password, user id, …
                    string[] fields = line.Split(':');
                    if (fields.Length >= 3 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out number)) return number;
                }
                return null;
            }
        }
        return null;
    }
}
