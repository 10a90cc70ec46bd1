using System.Text.Json;

namespace Federation.Agent.Logs;

/// <summary>How far each replica's output has been taken by one receiver; on disk, so that a restart of the agent goes on there.</summary>
public sealed class LogPositions
{
    private readonly string _file;
    private readonly Dictionary<string, Entry> _entries;

    /// <summary>Reads what is kept; a file that cannot be read means that everything is sent again.</summary>
    public LogPositions(string file)
    {
        _file = file;
        _entries = Load(file);
    }

    /// <summary>The replica's entry; null where nothing of it was sent.</summary>
    public Entry? Find(string replica) => _entries.GetValueOrDefault(replica);

    /// <summary>Notes an entry.</summary>
    public void Set(string replica, Entry entry) => _entries[replica] = entry;

    /// <summary>Keeps what there is; forgets replicas whose output is gone.</summary>
    public void Save(IReadOnlySet<string> written)
    {
        foreach (string gone in _entries.Keys.Where(replica => !written.Contains(replica)).ToArray()) _entries.Remove(gone);
        File.WriteAllBytes(_file + ".new", JsonSerializer.SerializeToUtf8Bytes(_entries));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static Dictionary<string, Entry> Load(string file)
    {
        if (!File.Exists(file)) return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllBytes(file)) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>One replica.</summary>
    /// <param name="Workload">Its workload: it may be over before its output is sent.</param>
    /// <param name="Position">The first byte that was not taken.</param>
    public sealed record Entry(string Workload, long Position);
}
