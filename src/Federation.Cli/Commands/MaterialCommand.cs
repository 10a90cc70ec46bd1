using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Client.Resources;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl secret</c> and <c>fedctl config</c>: files by key. A secret's values are never printed.</summary>
internal static class MaterialCommand
{
    public static Command Create(CommandScope scope, ResourceKind kind)
    {
        string word = kind.Name.ToLowerInvariant();
        return new Command(word, $"""
            {(kind.Name == "Secret" ? "Keeps confidential values, which are never shown again" : "Keeps settings, one file a key")}

            Example:
              fedctl {word} list
            """)
        {
            Make(scope, kind, word), List(scope, kind, word), Inspect(scope, kind, word), Delete(scope, kind, word),
        };
    }

    private static Command Make(CommandScope scope, ResourceKind kind, string word)
    {
        var name = new Argument<string>("name") { Description = $"The {word}" };
        var content = new Argument<string?>("content") { Description = $"A file, or - for standard input, that is the {word}'s one value, under its own name as key", Arity = ArgumentArity.ZeroOrOne };
        var files = new Option<string[]>("--from-file") { Description = "KEY=FILE, or FILE, whose name is then the key", HelpName = "KEY=FILE" };
        var literals = new Option<string[]>("--from-literal") { Description = "KEY=VALUE; for secrets rather --from-stdin: a command line is seen by others", HelpName = "KEY=VALUE" };
        var stdin = new Option<string?>("--from-stdin") { Description = "Reads this key's value from standard input", HelpName = "KEY" };
        var command = new Command("create", $"""
            Makes a {word}, or a new version of it

            Examples:
              fedctl {word} create shop --from-file tls.key
              printf %s "$PASSWORD" | fedctl {word} create shop --from-stdin password
              printf %s "$PASSWORD" | fedctl {word} create db_password -
            """) { name, content, files, literals, stdin };
        scope.Handle(command, async (session, parse, ct) =>
        {
            var values = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (string text in parse.GetValue(files) ?? [])
            {
                (string key, string file) = text.Split('=', 2) is [var given, var path] ? (given, path) : (Path.GetFileName(text), text);
                Add(values, key, await ReadAsync(file, ct));
            }
            foreach (string text in parse.GetValue(literals) ?? [])
            {
                // The text itself stays out of the message: it may be the secret.
                if (text.Split('=', 2) is not [var key, var value]) throw new CliException(ExitCode.Usage, "--from-literal needs KEY=VALUE");
                Add(values, key, Encoding.UTF8.GetBytes(value));
            }
            if (parse.GetValue(stdin) is { } only) Add(values, only, NotEmpty(await ReadInAsync(scope.Console, ct), "standard input"));
            string called = parse.GetValue(name)!, resource = ComposeReader.NameOf(called);
            if (parse.GetValue(content) is { } one) Add(values, called, one == "-" ? NotEmpty(await ReadInAsync(scope.Console, ct), "standard input") : NotEmpty(await ReadAsync(one, ct), $"'{one}'"));
            if (values.Count == 0) throw new CliException(ExitCode.Usage, $"the {word} would be empty", "give a file, -, --from-file, --from-literal or --from-stdin");
            ApplyResult result = await session.Client.ApplyAsync(Resource(kind, session.Namespace, resource, values), new ApplyOptions { FieldManager = ApplyCommand.DefaultManager }, ct);
            scope.Console.Out.WriteLine($"{ResourceTarget.Of(kind, resource)} {result.Result}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CommandScope scope, ResourceKind kind, string word)
    {
        Option<OutputChoice> output = OutputChoice.Option();
        var command = new Command("list", $"""
            Lists the {word}s with their versions and keys

            Example:
              fedctl {word} list -o wide
            """) { output };
        command.Aliases.Add("ls");
        scope.Handle(command, async (session, parse, ct) =>
        {
            IReadOnlyList<Resource> items = await session.ListAsync(kind, false, null, ct);
            ResourceOutput.Write(scope.Console, [.. items.Select(item => (kind, item))], parse.GetValue(output)!, single: false, withNamespace: false);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Inspect(CommandScope scope, ResourceKind kind, string word)
    {
        var names = new Argument<string[]>("name") { Description = $"The {word}s", Arity = ArgumentArity.OneOrMore };
        var command = new Command("inspect", $"""
            Prints what is known of {word}s as JSON{(kind.Name == "Secret" ? ", without their values" : "")}

            Example:
              fedctl {word} inspect shop
            """) { names };
        scope.Handle(command, async (session, parse, ct) =>
        {
            var found = new List<JsonNode?>();
            foreach (string name in parse.GetValue(names)!) found.Add(ResourceOutput.Json(await session.RequireAsync(kind, ComposeReader.NameOf(name), ct)));
            ResourceOutput.WriteValue(scope.Console, new JsonArray([.. found]), OutputFormat.Json);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Delete(CommandScope scope, ResourceKind kind, string word)
    {
        var names = new Argument<string[]>("name") { Description = $"The {word}s", Arity = ArgumentArity.OneOrMore };
        var command = new Command("delete", $"""
            Deletes {word}s with all their versions; none if a workload still names one of them

            Example:
              fedctl {word} delete shop
            """) { names };
        command.Aliases.Add("rm");
        scope.Handle(command, async (session, parse, ct) =>
        {
            string[] all = [.. parse.GetValue(names)!.Select(ComposeReader.NameOf).Distinct(StringComparer.Ordinal)];
            Workload[] workloads = [.. (await session.ListAsync(ResourceKind.Of<Workload>(), false, null, ct)).Cast<Workload>()];
            foreach (string doomed in all)
            {
                await session.RequireAsync(kind, doomed, ct);
                string[] users = [.. workloads.Where(workload => Names(kind, workload.Spec.Template).Contains(doomed)).Select(static workload => workload.Metadata.Name)];
                if (users.Length > 0)
                    throw new CliException(ExitCode.Failed, $"{ResourceTarget.Of(kind, doomed)} is used by {string.Join(", ", users.Select(static user => $"workload/{user}"))}; nothing was deleted", $"change or remove what uses it first; without it no replica starts. To delete it all the same: fedctl delete {word} {doomed}");
            }
            foreach (string doomed in all)
            {
                await session.Client.DeleteAsync(kind, doomed, ct: ct);
                scope.Console.Out.WriteLine($"{ResourceTarget.Of(kind, doomed)} deleted");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Resource Resource(ResourceKind kind, string room, string name, SortedDictionary<string, byte[]> values)
    {
        var metadata = new ResourceMetadata { Name = name, Namespace = room };
        var text = new Dictionary<string, string>(StringComparer.Ordinal);
        var binary = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, byte[] value) in values)
        {
            if (System.Text.Unicode.Utf8.IsValid(value)) text[key] = Encoding.UTF8.GetString(value);
            else binary[key] = Convert.ToBase64String(value);
        }
        var spec = new MaterialSpec { Data = text.Count > 0 ? text : null, BinaryData = binary.Count > 0 ? binary : null };
        return kind.Name == "Secret" ? new Secret { Metadata = metadata, Spec = spec } : new Config { Metadata = metadata, Spec = spec };
    }

    private static IEnumerable<string> Names(ResourceKind kind, WorkloadTemplate template) => kind.Name == "Secret"
        ? [.. (template.Secrets ?? []).Select(static reference => reference.Name), .. template.ImagePullSecrets ?? []]
        : (template.Configs ?? []).Select(static reference => reference.Name);

    // A pipe whose writer failed is empty, and would take the place of a password that works.
    private static byte[] NotEmpty(byte[] value, string source) =>
        value.Length > 0 ? value : throw new CliException(ExitCode.InvalidInput, $"{source} is empty; nothing was changed", "if an empty value is meant: --from-literal KEY=");

    private static void Add(SortedDictionary<string, byte[]> values, string key, byte[] value)
    {
        if (!values.TryAdd(key, value)) throw new CliException(ExitCode.Usage, $"the key '{key}' is given twice");
    }

    private static async Task<byte[]> ReadInAsync(CliConsole console, CancellationToken ct)
    {
        await using Stream input = console.OpenIn();
        using var content = new MemoryStream();
        await input.CopyToAsync(content, ct);
        return content.ToArray();
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, ct);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.InvalidInput, $"'{file}' cannot be read: {failure.Message}");
        }
    }
}
