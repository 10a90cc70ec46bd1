using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>Binds one kubeconfig's YAML (or JSON, which is YAML), with file and line in every error. What is not known is passed over, as kubectl does.</summary>
internal static class KubeconfigReader
{
    private const string PluginExtension = "client.authentication.k8s.io/exec";

    public static Kubeconfig Read(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new KubeconfigException(string.Create(CultureInfo.InvariantCulture, $"{file}:{e.Start.Line}: this is no YAML"), e);
        }
        if (stream.Documents.Count == 0) return new Kubeconfig();
        if (stream.Documents.Count > 1) throw new KubeconfigException($"{file} holds several documents: a kubeconfig is one");
        var root = new Place(file, "", stream.Documents[0].RootNode);
        if (root.IsNull) return new Kubeconfig();
        string kind = root.Text("kind") ?? "Config";
        if (kind != "Config" || (root.Text("apiVersion") ?? "v1") != "v1") throw root.Wrong("a kubeconfig has kind Config and apiVersion v1");
        return new Kubeconfig
        {
            Clusters = Entries(root, "clusters", "cluster", Cluster, static cluster => cluster.Name),
            Users = Entries(root, "users", "user", User, static user => user.Name),
            Contexts = Entries(root, "contexts", "context", Context, static context => context.Name),
            CurrentContext = root.Text("current-context") ?? "",
        };
    }

    private static Dictionary<string, T> Entries<T>(Place root, string list, string member, Func<string, Place, T> bind, Func<T, string> nameOf)
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (Place entry in root.Items(list))
        {
            string name = entry.Text("name") is { Length: > 0 } given ? given : throw entry.Wrong("an entry needs a name");
            T bound = bind(name, entry.Member(member));
            if (!entries.TryAdd(nameOf(bound), bound)) throw entry.Wrong($"the name {name} is there twice");
        }
        return entries;
    }

    private static KubeconfigCluster Cluster(string name, Place at) => new()
    {
        File = at.File,
        Name = name,
        Server = at.Text("server") ?? "",
        TlsServerName = at.Text("tls-server-name"),
        Insecure = at.Flag("insecure-skip-tls-verify"),
        AuthorityFile = at.Path("certificate-authority"),
        AuthorityData = at.Decoded("certificate-authority-data"),
        ProxyUrl = at.Text("proxy-url"),
        PluginConfiguration = at.Items("extensions").FirstOrDefault(static extension => extension.Text("name") == PluginExtension)?.Member("extension").ToJson()?.ToJsonString(),
    };

    private static KubeconfigUser User(string name, Place at) => new()
    {
        File = at.File,
        Name = name,
        CertificateFile = at.Path("client-certificate"),
        CertificateData = at.Decoded("client-certificate-data"),
        KeyFile = at.Path("client-key"),
        KeyData = at.Decoded("client-key-data"),
        Token = at.Text("token"),
        TokenFile = at.Path("tokenFile"),
        UserName = at.Text("username"),
        Password = at.Text("password"),
        Exec = at.Member("exec") is { IsNull: false } exec ? Plugin(exec) : null,
        AuthProvider = at.Member("auth-provider") is { IsNull: false } provider ? provider.Text("name") ?? "" : null,
        Impersonation = [.. Impersonation(at)],
    };

    private static KubeconfigContext Context(string name, Place at) => new()
    {
        File = at.File,
        Name = name,
        Cluster = at.Text("cluster") ?? "",
        User = at.Text("user") ?? "",
        Namespace = at.Text("namespace"),
    };

    private static ExecPlugin Plugin(Place at)
    {
        string version = at.Text("apiVersion") ?? throw at.Wrong("apiVersion is needed");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw at.Wrong($"apiVersion {version} is not known: client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1 are");
        string command = at.Text("command") is { Length: > 0 } given ? given : throw at.Wrong("command is needed");
        string mode = at.Text("interactiveMode") ?? (version.EndsWith("/v1", StringComparison.Ordinal) ? throw at.Wrong("interactiveMode is needed: Never, IfAvailable or Always") : "IfAvailable");
        if (mode is not ("Never" or "IfAvailable" or "Always")) throw at.Wrong($"interactiveMode is Never, IfAvailable or Always, not {mode}");
        return new ExecPlugin
        {
            ApiVersion = version,
            Command = !Path.IsPathRooted(command) && command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(command, Path.GetDirectoryName(at.File)!) : command,
            Arguments = [.. at.Items("args").Select(static argument => argument.Scalar())],
            Variables = [.. at.Items("env").Select(static variable => KeyValuePair.Create(variable.Text("name") ?? throw variable.Wrong("a variable needs a name"), variable.Text("value") ?? ""))],
            ProvideClusterInfo = at.Flag("provideClusterInfo"),
            InteractiveMode = mode,
            InstallHint = at.Text("installHint"),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Impersonation(Place at)
    {
        if (at.Text("as") is { Length: > 0 } user) yield return new("Impersonate-User", user);
        if (at.Text("as-uid") is { Length: > 0 } uid) yield return new("Impersonate-Uid", uid);
        foreach (Place group in at.Items("as-groups")) yield return new("Impersonate-Group", group.Scalar());
        Place extra = at.Member("as-user-extra");
        foreach (string key in extra.Keys())
            foreach (Place value in extra.Items(key)) yield return new("Impersonate-Extra-" + Uri.EscapeDataString(key), value.Scalar());
    }

    /// <summary>A node, and where it stands.</summary>
    private sealed record Place(string File, string Where, YamlNode? Node)
    {
        public bool IsNull => Node is null || (Node is YamlScalarNode { Style: ScalarStyle.Plain } scalar && scalar.Value is null or "" or "~" or "null");

        public KubeconfigException Wrong(string rule) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{File}:{Node?.Start.Line ?? 1}: {(Where.Length == 0 ? "" : Where + ": ")}{rule}"));

        public Place Member(string name)
        {
            if (IsNull) return new Place(File, Join(name), null);
            if (Node is not YamlMappingNode mapping) throw Wrong("a map belongs here");
            return new Place(File, Join(name), mapping.Children.FirstOrDefault(child => child.Key is YamlScalarNode { Value: { } key } && key == name).Value);
        }

        public IEnumerable<string> Keys() => IsNull ? [] : Node is YamlMappingNode mapping ? mapping.Children.Keys.OfType<YamlScalarNode>().Select(static key => key.Value ?? "") : throw Wrong("a map belongs here");

        public IEnumerable<Place> Items(string name)
        {
            Place list = Member(name);
            if (list.IsNull) return [];
            if (list.Node is not YamlSequenceNode sequence) throw list.Wrong("a list belongs here");
            return sequence.Children.Select((child, index) => new Place(File, string.Create(CultureInfo.InvariantCulture, $"{list.Where}[{index}]"), child));
        }

        public string Scalar() => Node is YamlScalarNode { Value: { } value } ? value : throw Wrong("text belongs here");

        public string? Text(string name)
        {
            Place member = Member(name);
            return member.IsNull ? null : member.Scalar();
        }

        public string? Path(string name) => Text(name) is { Length: > 0 } path ? System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(File)!) : null;

        public bool Flag(string name)
        {
            Place member = Member(name);
            return !member.IsNull && (member.Scalar() switch { "true" => true, "false" => false, _ => throw member.Wrong("true or false belongs here") });
        }

        public string? Decoded(string name)
        {
            Place member = Member(name);
            if (member.IsNull || member.Scalar() is not { Length: > 0 } text) return null;
            byte[] bytes = new byte[text.Length];
            return Convert.TryFromBase64String(text, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : throw member.Wrong("base64 belongs here");
        }

        public JsonNode? ToJson() => Json(Node);

        private static JsonNode? Json(YamlNode? node) => node switch
        {
            YamlMappingNode mapping => new JsonObject(mapping.Children.Select(static child => KeyValuePair.Create(child.Key is YamlScalarNode { Value: { } key } ? key : "", Json(child.Value)))),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Json)]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
            {
                null or "" or "~" or "null" => null,
                "true" => JsonValue.Create(true),
                "false" => JsonValue.Create(false),
                { } text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
                { } text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => JsonValue.Create(number),
                { } text => JsonValue.Create(text),
            },
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => null,
        };

        private string Join(string name) => Where.Length == 0 ? name : $"{Where}.{name}";
    }
}
