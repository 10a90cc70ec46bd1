using System.Globalization;

namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>Judges an answer that is no success: by the HTTP status, then the reason, then the causes, and by the words only where servers give nothing else.</summary>
internal static class FailureRules
{
    /// <summary>What it means.</summary>
    /// <param name="code">The HTTP status, or the code of a Status inside a stream.</param>
    /// <param name="status">The API's account; null if the body was none.</param>
    /// <param name="writes">Whether the request may have changed something.</param>
    /// <param name="resource">The resource in plural that was asked for; null for no resource.</param>
    /// <param name="reachesNode">Whether the server asks the pod's node for the answer: logs, exec.</param>
    public static FailureKind Judge(int code, ApiStatus? status, bool writes, string? resource, bool reachesNode)
    {
        string message = status?.Message ?? "";
        return code switch
        {
            401 => FailureKind.Unauthenticated,
            403 when HasCause(status, "NamespaceTerminating") => FailureKind.NamespaceTerminating,
            403 when message.Contains("exceeded quota", StringComparison.Ordinal) => FailureKind.Quota,
            // 'x is forbidden: User "u" cannot list resource ...' is of rights; every other text is of an admission plugin.
            403 when status is null || message.Contains(" cannot ", StringComparison.Ordinal) && message.Contains("User ", StringComparison.Ordinal) => FailureKind.Denied,
            403 => FailureKind.Refused,
            404 => Missing(status, resource),
            409 when HasCause(status, "FieldManagerConflict") => FailureKind.FieldConflict,
            409 when status?.Reason == "AlreadyExists" => FailureKind.AlreadyExists,
            409 => FailureKind.VersionConflict,
            410 => FailureKind.Expired,
            429 when HasCause(status, "DisruptionBudget") => FailureKind.BudgetSpent,
            429 => FailureKind.Throttled,
            // The caller's fault, answered as the server's: what does not fit the schema, or cannot be parsed.
            500 when message.StartsWith("failed to create typed ", StringComparison.Ordinal) || message.Contains("Invalid value:", StringComparison.Ordinal)
                || message.Contains("more than one PodDisruptionBudget", StringComparison.Ordinal) => FailureKind.Invalid,
            >= 500 when reachesNode => FailureKind.NodeUnreachable,
            504 when writes => FailureKind.OutcomeUnknown,
            500 when writes && status?.Reason == "InternalError" => FailureKind.InternalError,
            >= 500 => FailureKind.Unavailable,
            >= 400 => FailureKind.Invalid,
            _ => FailureKind.Unreadable,
        };
    }

    /// <summary>The API's account, or the body's own words, shortened; for secrets the fields alone.</summary>
    public static string Describe(int code, ApiStatus? status, string body, bool hidesValues)
    {
        const int most = 1000;
        string text;
        if (hidesValues)
        {
            string[] fields = [.. (status?.Details?.Causes ?? []).Select(static cause => $"{cause.Field} ({cause.Reason})").Distinct(StringComparer.Ordinal)];
            text = $"{status?.Reason ?? "no reason"}{(fields.Length > 0 ? ": " + string.Join(", ", fields) : "")}; its words are not repeated, for they may hold the secret";
        }
        else
        {
            text = (status?.Message is { Length: > 0 } message ? message : body).Trim();
            if (text.Length == 0) text = "it says nothing of why";
        }
        if (text.Length > most) text = text[..most] + "…";
        return string.Create(CultureInfo.InvariantCulture, $"{code}: {text}");
    }

    private static FailureKind Missing(ApiStatus? status, string? resource)
    {
        // Without name and kind it is no object that is missing but the API: an unknown group, version, resource or path.
        if (status?.Details is not { Name.Length: > 0, Kind: { Length: > 0 } kind }) return FailureKind.ApiMissing;
        return kind == "namespaces" && resource != "namespaces" ? FailureKind.NamespaceMissing : FailureKind.Missing;
    }

    private static bool HasCause(ApiStatus? status, string reason) => status?.Details?.Causes?.Any(cause => cause.Reason == reason) == true;
}
