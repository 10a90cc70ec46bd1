using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Services;

/// <summary>
/// Compares what we make of a service with what the swarm holds: only the fields that we set, so that an engine's defaults and the fields of others are
/// no drift. Pure.
/// </summary>
internal static class SpecDrift
{
    /// <summary>The paths of the fields that differ, such as <c>TaskTemplate.ContainerSpec.Env</c>.</summary>
    public static IReadOnlyList<string> Between(JsonObject wanted, JsonObject live)
    {
        var paths = new List<string>();
        Compare(wanted, live, "", paths);
        return paths;
    }

    /// <summary>What is there, with our fields put in place; everything else as it is.</summary>
    public static JsonObject Repaired(JsonObject wanted, JsonObject live)
    {
        var repaired = (JsonObject)live.DeepClone();
        Put(wanted, repaired);
        return repaired;
    }

    private static void Compare(JsonObject wanted, JsonObject? live, string path, List<string> paths)
    {
        foreach ((string name, JsonNode? value) in wanted)
        {
            string at = path.Length == 0 ? name : $"{path}.{name}";
            if (IsUntold(name)) continue;
            JsonNode? there = live?[name];
            if (value is JsonObject inner && there is null or JsonObject && !IsMap(name)) Compare(inner, (JsonObject?)there, at, paths);
            else if (!Same(value, there)) paths.Add(at);
        }
    }

    private static void Put(JsonObject wanted, JsonObject target)
    {
        foreach ((string name, JsonNode? value) in wanted)
        {
            if (value is JsonObject inner && !IsMap(name) && target[name] is JsonObject there) Put(inner, there);
            else target[name] = value?.DeepClone();
        }
    }

    // Managers of older engines drop it: it would be repaired again and again.
    private static bool IsUntold(string name) => name is nameof(TaskBindOptions.CreateMountpoint);

    // Labels that others add are theirs; of a container, all are ours, since it is made by our spec alone.
    private static bool IsMap(string name) => name is "Options";

    private static bool Same(JsonNode? wanted, JsonNode? live)
    {
        if (IsNothing(wanted)) return IsNothing(live);
        if (wanted is JsonArray list)
        {
            if (live is not JsonArray there || there.Count != list.Count) return false;
            for (int i = 0; i < list.Count; i++)
                if (!SameItem(list[i], there[i])) return false;
            return true;
        }
        return JsonNode.DeepEquals(wanted, live);
    }

    private static bool SameItem(JsonNode? wanted, JsonNode? live)
    {
        if (wanted is not JsonObject item) return Same(wanted, live);
        if (live is not JsonObject there) return false;
        var paths = new List<string>();
        Compare(item, there, "", paths);
        return paths.Count == 0;
    }

    // The swarm leaves out what is empty.
    private static bool IsNothing(JsonNode? node) => node switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject members => members.All(static member => IsNothing(member.Value)),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Number => value.TryGetValue(out double number) && number == 0,
            JsonValueKind.String => value.GetValue<string>().Length == 0,
            _ => false,
        },
        _ => false,
    };
}
