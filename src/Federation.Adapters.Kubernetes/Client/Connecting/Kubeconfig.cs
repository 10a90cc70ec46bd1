namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>
/// One or several kubeconfig files as one, by kubectl's documented rules: of a map's keys and of single values the first file that has one wins, whole; files that
/// <c>KUBECONFIG</c> names and that are not there are passed over; relative paths count from the folder of the file that they stand in.
/// </summary>
public sealed record Kubeconfig
{
    /// <summary><c>clusters</c>, by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigCluster> Clusters { get; init; } = new Dictionary<string, KubeconfigCluster>();

    /// <summary><c>users</c>, by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigUser> Users { get; init; } = new Dictionary<string, KubeconfigUser>();

    /// <summary><c>contexts</c>, by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigContext> Contexts { get; init; } = new Dictionary<string, KubeconfigContext>();

    /// <summary><c>current-context</c>; empty if no file says one.</summary>
    public string CurrentContext { get; init; } = "";

    /// <summary>Reads one file, which must be there.</summary>
    /// <exception cref="KubeconfigException">It is not, or cannot be understood.</exception>
    public static Kubeconfig Read(string file)
    {
        try
        {
            return KubeconfigReader.Read(Path.GetFullPath(file), File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads what a person's kubectl would: the files of <paramref name="variable"/> (the value of <c>KUBECONFIG</c>), or <c>~/.kube/config</c> if that is empty.</summary>
    /// <exception cref="KubeconfigException">None is there, or one cannot be understood.</exception>
    public static Kubeconfig ReadAll(string? variable, string home)
    {
        string[] named = [.. (variable ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        string[] files = named.Length > 0 ? named : [Path.Combine(home, ".kube", "config")];
        Kubeconfig[] read = [.. files.Where(File.Exists).Select(Read)];
        if (read.Length == 0) throw new KubeconfigException($"there is no kubeconfig: {(files.Length == 1 ? $"{files[0]} is not there" : $"none of {string.Join(", ", files)} is there")}");
        return Merge(read);
    }

    /// <summary>Joins several, the first one's entries before those of the same name in later ones.</summary>
    public static Kubeconfig Merge(IReadOnlyList<Kubeconfig> configs) => new()
    {
        Clusters = First(configs.SelectMany(static config => config.Clusters)),
        Users = First(configs.SelectMany(static config => config.Users)),
        Contexts = First(configs.SelectMany(static config => config.Contexts)),
        CurrentContext = configs.Select(static config => config.CurrentContext).FirstOrDefault(static name => name.Length > 0) ?? "",
    };

    private static Dictionary<string, T> First<T>(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var first = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach ((string name, T entry) in entries) first.TryAdd(name, entry);
        return first;
    }
}
