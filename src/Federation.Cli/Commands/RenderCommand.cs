using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Cli.Applying;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Cli.Targets;
using Federation.Client.Contexts;
using Federation.Domain.Resources;
using Federation.Manifests;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl render</c></summary>
internal static class RenderCommand
{
    public static Command Create(CommandScope scope)
    {
        var workload = new Argument<string?>("workload") { Description = "A workload that the plane has, in place of files", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> files = ApplyCommand.FilesOption(required: false);
        var target = new Option<string>("--target") { Description = $"What for: {string.Join(", ", RenderTarget.All.Select(static one => one.Name))}", HelpName = "TARGET", Required = true };
        target.AcceptOnlyFromAmong([.. RenderTarget.All.Select(static one => one.Name)]);
        Option<string?> stack = ApplyCommand.StackOption();
        var cluster = new Option<string?>("--cluster") { Description = "The name that the cluster has in the plane (default: the target's)", HelpName = "NAME" };
        var output = new Option<string>("--output", "-o") { Description = "yaml or json", HelpName = "FORMAT", DefaultValueFactory = static _ => "yaml" };
        output.AcceptOnlyFromAmong("yaml", "json");
        var command = new Command("render", """
            Shows what a kind of cluster would be sent, and sends nothing

            The objects of a Kubernetes cluster, the requests to a swarm's manager, or a Compose file, made by the code
            by which agents make them. It takes what 'fedctl apply' takes, and joins what that joins; files are rendered
            without a plane. What the target is not told is warned of, by its path and with the reason; what keeps a
            workload off such clusters is refused, and then nothing is printed. Values of secrets are masked. Names end
            in digits of the plane and the cluster: they differ in a cluster of yours.

            Examples:
              fedctl render -f docker-stack.yml --target kubernetes
              fedctl render -f manifests/ --target swarm -o json
              helm template shop ./chart | fedctl render -f - --target compose
              fedctl render web --target kubernetes --cluster eu-cloud
            """) { workload, files, target, stack, cluster, output };
        command.Validators.Add(result =>
        {
            bool named = result.GetValue(workload) is not null, given = result.GetValue(files) is { Length: > 0 };
            if (named == given) result.AddError(named ? "a workload and --filename exclude each other" : "name a workload, or files with -f");
        });
        scope.Handle(command, async (parse, ct) =>
        {
            var places = new Dictionary<Resource, string>(ReferenceEqualityComparer.Instance);
            IReadOnlyList<Resource> resources;
            if (parse.GetValue(workload) is { } name)
            {
                using PlaneSession session = scope.Connect(parse);
                resources = await AppliedInput.ReadAsync(session, ResourceTarget.WorkloadName(name), ct);
            }
            else
            {
                IReadOnlyList<DeclaredResource> declared =
                    StackMembers.Labelled(await ManifestFiles.ReadAsync(parse.GetValue(files)!, scope.NamespaceOf(parse), scope.Console, ct, parse.GetValue(stack)), parse.GetValue(stack));
                foreach (DeclaredResource one in declared) places[one.Resource] = string.Create(CultureInfo.InvariantCulture, $"{one.Source}:{one.Line}: ");
                resources = [.. declared.Select(static one => one.Resource)];
            }
            RenderTarget chosen = RenderTarget.Of(parse.GetValue(target)!);
            string tenant = parse.GetValue(scope.Tenant) ?? ContextFile.Load(scope.ContextPath(parse)).File.Find(parse.GetValue(scope.Context))?.Tenant ?? "default";
            Rendered rendered = chosen.Render(new RenderInput(resources, tenant, parse.GetValue(cluster), parse.GetValue(stack)));
            foreach (RenderNote note in rendered.Notes) scope.Console.Error.WriteLine($"warning: {Line(note)}");
            foreach (RenderNote refusal in rendered.Refusals) scope.Console.Error.WriteLine(Line(refusal));
            if (rendered.Refusals.Count > 0)
            {
                int refused = rendered.Refusals.Select(static note => note.Resource.Metadata).Distinct().Count();
                throw new CliException(ExitCode.InvalidInput, $"{chosen.Name} refuses {refused} of {resources.Count(static one => one is Domain.Workloads.Workload)} workloads; nothing is rendered", "leave out what it refuses, or choose another target");
            }
            if (resources.All(static one => one is not Domain.Workloads.Workload)) throw new CliException(ExitCode.InvalidInput, "there is no workload in the input: a cluster would be sent nothing", "name files with a workload");
            Write(scope.Console, rendered.Documents, parse.GetValue(output) == "json");
            return ExitCode.Done;

            string Line(RenderNote note) =>
                $"{places.GetValueOrDefault(note.Resource)}{ResourceTarget.Of(ResourceKind.Find(note.Resource.Kind)!, note.Resource.Metadata.Name)}: {(note.Path.Length > 0 ? $"{note.Path}: " : "")}{note.Reason}";
        });
        return command;
    }

    private static void Write(CliConsole console, IReadOnlyList<JsonNode> documents, bool json)
    {
        if (json) ResourceOutput.WriteValue(console, documents is [var only] ? only.DeepClone() : new JsonArray([.. documents.Select(static one => one.DeepClone())]), OutputFormat.Json);
        else console.Out.Write(string.Join("---\n", documents.Select(Manifests.Writing.ResourceWriter.ToYaml)));
    }
}
