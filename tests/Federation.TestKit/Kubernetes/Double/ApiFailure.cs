using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>A refusal, as the API server words it.</summary>
internal sealed class ApiFailure : Exception
{
    public ApiFailure(int code, JsonObject status) : base((string?)status["message"])
    {
        Code = code;
        Body = status;
    }

    private ApiFailure(int code, string text) : base(text)
    {
        Code = code;
        Plain = text;
    }

    public int Code { get; }

    public JsonObject? Body { get; }

    /// <summary>Instead of a Status.</summary>
    public string? Plain { get; }

    public int? RetryAfter { get; init; }

    public static ApiFailure Text(int code, string text, int? retryAfter = null) => new(code, text) { RetryAfter = retryAfter };

    public static ApiFailure Of(int code, string? reason, string message, JsonObject? details = null)
    {
        var status = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = message };
        if (reason is not null) status["reason"] = reason;
        if (details is not null) status["details"] = details;
        status["code"] = code;
        return new ApiFailure(code, status);
    }

    public static ApiFailure NoPath() => Text(404, "404 page not found\n");

    public static ApiFailure NoResource() => Of(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiFailure BadRequest(string message) => Of(400, "BadRequest", message);

    public static ApiFailure NotFound(ApiKind kind, string name, string? subresource = null) =>
        Of(404, "NotFound", $"{kind.Qualified(subresource)} \"{name}\" not found", Details(name, kind.Group, kind.Plural + (subresource is null ? "" : "/" + subresource)));

    public static ApiFailure Exists(ApiKind kind, string name) => Of(409, "AlreadyExists", $"{kind.Qualified()} \"{name}\" already exists", Details(name, kind.Group, kind.Plural));

    public static ApiFailure Modified(ApiKind kind, string name) =>
        Of(409, "Conflict", $"Operation cannot be fulfilled on {kind.Qualified()} \"{name}\": the object has been modified; please apply your changes to the latest version and try again", Details(name, kind.Group, kind.Plural));

    public static ApiFailure Forbidden(ApiKind kind, string? name, string why, JsonArray? causes = null)
    {
        JsonObject details = Details(name, kind.Group, kind.Plural);
        if (causes is not null) details["causes"] = causes;
        return Of(403, "Forbidden", $"{kind.Qualified()}{(name is null ? "" : $" \"{name}\"")} is forbidden: {why}", details);
    }

    public static ApiFailure Invalid(string kind, string group, string name, params IReadOnlyList<Cause> causes)
    {
        string all = string.Join(", ", causes.Select(static cause => $"{cause.Field}: {cause.Message}"));
        JsonObject details = Details(name, group, kind);
        details["causes"] = new JsonArray([.. causes.Select(static cause => new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field })]);
        return Of(422, "Invalid", $"{kind}{(group.Length > 0 ? "." + group : "")} \"{name}\" is invalid: {(causes.Count > 1 ? $"[{all}]" : all)}", details);
    }

    public static JsonObject Details(string? name, string group, string kind)
    {
        var details = new JsonObject();
        if (name is { Length: > 0 }) details["name"] = name;
        if (group.Length > 0) details["group"] = group;
        details["kind"] = kind;
        return details;
    }
}

/// <summary>One thing that is wrong with an object.</summary>
internal sealed record Cause(string Reason, string Field, string Message)
{
    public static Cause Invalid(string field, string value, string rule) => new("FieldValueInvalid", field, $"Invalid value: {value}: {rule}");

    public static Cause Required(string field, string? rule = null) => new("FieldValueRequired", field, rule is null ? "Required value" : $"Required value: {rule}");

    public static Cause Forbidden(string field, string rule) => new("FieldValueForbidden", field, $"Forbidden: {rule}");

    public static Cause Unsupported(string field, string value, params string[] supported) =>
        new("FieldValueNotSupported", field, $"Unsupported value: {value}: supported values: {string.Join(", ", supported.Select(static one => $"\"{one}\""))}");

    public static Cause TooLong(string field, int most) => new("FieldValueTooLong", field, $"Too long: must have at most {most} bytes");
}
