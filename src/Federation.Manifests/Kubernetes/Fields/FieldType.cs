namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>What a plain value is.</summary>
internal enum FieldType
{
    Text,
    Whole,
    Flag,

    /// <summary>A whole number, or text: a port's number or name, a number or a share.</summary>
    WholeOrText,

    /// <summary>An amount: a number, or text with a unit.</summary>
    Quantity,
}

/// <summary>What the plain values of fields are. In the kinds that are read, the same name means the same everywhere.</summary>
internal static class FieldTypes
{
    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
    {
        "replicas", "minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit", "containerPort", "hostPort", "nodePort", "number", "endPort", "initialDelaySeconds", "periodSeconds", "timeoutSeconds",
        "successThreshold", "failureThreshold", "terminationGracePeriodSeconds", "runAsUser", "runAsGroup", "fsGroup", "supplementalGroups", "defaultMode", "mode", "parallelism", "completions",
        "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "priority", "tolerationSeconds", "weight", "maxSkew", "minDomains", "partition", "maxReplicas", "minReplicas",
        "targetCPUUtilizationPercentage", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "healthCheckNodePort", "backoffLimitPerIndex", "maxFailedIndexes", "seconds",
    };

    private static readonly HashSet<string> Flag = new(StringComparer.Ordinal)
    {
        "paused", "stdin", "stdinOnce", "tty", "readOnly", "optional", "privileged", "readOnlyRootFilesystem", "runAsNonRoot", "allowPrivilegeEscalation", "hostNetwork", "hostPID", "hostIPC", "hostUsers",
        "shareProcessNamespace", "automountServiceAccountToken", "enableServiceLinks", "setHostnameAsFQDN", "immutable", "suspend", "manualSelector", "publishNotReadyAddresses", "allocateLoadBalancerNodePorts",
    };

    private static readonly HashSet<string> WholeOrText = new(StringComparer.Ordinal) { "port", "targetPort", "maxSurge", "maxUnavailable", "minAvailable" };

    private static readonly HashSet<string> Amount = new(StringComparer.Ordinal) { "sizeLimit", "divisor" };

    /// <summary>What stands at a path of the table.</summary>
    public static FieldType Of(string path)
    {
        string name = path[(path.LastIndexOf('.') + 1)..].Replace("[]", "", StringComparison.Ordinal);
        if (name == "<name>") return path.Contains("resources.", StringComparison.Ordinal) || path.Contains("overhead.", StringComparison.Ordinal) ? FieldType.Quantity : FieldType.Text;
        if (Whole.Contains(name)) return FieldType.Whole;
        if (Flag.Contains(name)) return FieldType.Flag;
        return WholeOrText.Contains(name) ? FieldType.WholeOrText : Amount.Contains(name) ? FieldType.Quantity : FieldType.Text;
    }
}
