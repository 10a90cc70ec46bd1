using System.Text.Json;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Processes;

/// <summary>The user id of each tenant on this node, kept for ever; or, without isolation, the one tenant that is served.</summary>
internal sealed class TenantUsers
{
    private readonly string _path;
    private readonly uint _firstUser;
    private readonly SortedDictionary<string, uint> _indexes = new(StringComparer.Ordinal);

    public TenantUsers(string path, bool isolate, uint firstUser)
    {
        _path = path;
        _firstUser = firstUser;
        Isolates = isolate;
        if (!File.Exists(path)) return;
        foreach ((string tenant, uint index) in JsonSerializer.Deserialize<Dictionary<string, uint>>(File.ReadAllText(path))!) _indexes[tenant] = index;
    }

    public bool Isolates { get; }

    /// <summary>False if the tenant may not run here; otherwise its user id, or null for the agent's own.</summary>
    public bool TryGet(TenantId tenant, out uint? user, out string? refusal)
    {
        refusal = null;
        user = null;
        if (!_indexes.TryGetValue(tenant.Value, out uint index))
        {
            if (!Isolates && _indexes.Count > 0)
            {
                refusal = $"this node cannot keep tenants apart (its agent has not the right to change users) and serves tenant {_indexes.Keys.First()} alone";
                return false;
            }
            index = (uint)_indexes.Count;
            _indexes[tenant.Value] = index;
            // Durable before it is used: a folder must never come to belong to another tenant.
            PrivateFolder.Replace(_path, JsonSerializer.Serialize(_indexes), durable: true);
        }
        if (Isolates) user = _firstUser + index;
        return true;
    }
}
