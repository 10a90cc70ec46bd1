using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>Reading and writing JSON by dotted paths, as the double's rules do all the time.</summary>
internal static class Json
{
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (string part in path.Split('.'))
        {
            node = (node as JsonObject)?[part];
            if (node is null) return null;
        }
        return node;
    }

    public static string? Text(this JsonNode? node, string path) => At(node, path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static int? Number(this JsonNode? node, string path) => At(node, path) is JsonValue value && value.TryGetValue(out int number) ? number : null;

    public static bool Flag(this JsonNode? node, string path) => At(node, path) is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, string path) => (At(node, path) as JsonArray)?.OfType<JsonObject>() ?? [];

    public static JsonObject Child(this JsonObject node, string name)
    {
        if (node[name] is JsonObject child) return child;
        var made = new JsonObject();
        node[name] = made;
        return made;
    }

    /// <summary>Sets what is not there.</summary>
    public static void Default(this JsonObject node, string name, JsonNode? value)
    {
        if (node[name] is null) node[name] = value;
    }

    public static T Copy<T>(this T node) where T : JsonNode => (T)node.DeepClone();

    public static bool Same(JsonNode? a, JsonNode? b) => JsonNode.DeepEquals(a, b);

    public static string Name(this JsonObject item) => item.Text("metadata.name") ?? "";

    public static string? Space(this JsonObject item) => item.Text("metadata.namespace");

    public static string Uid(this JsonObject item) => item.Text("metadata.uid") ?? "";

    public static JsonObject Meta(this JsonObject item) => item.Child("metadata");

    public static IEnumerable<string> Finalizers(this JsonObject item) => (item.At("metadata.finalizers") as JsonArray)?.Select(static name => (string)name!) ?? [];

    public static bool IsGoing(this JsonObject item) => item.At("metadata.deletionTimestamp") is not null;

    public static bool OwnedBy(this JsonObject item, string uid) => item.Items("metadata.ownerReferences").Any(owner => owner.Text("uid") == uid);

    public static JsonObject? Condition(this JsonObject item, string type) => item.Items("status.conditions").FirstOrDefault(condition => condition.Text("type") == type);
}
