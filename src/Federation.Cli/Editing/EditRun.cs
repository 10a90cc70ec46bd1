using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Client.Resources;
using Federation.Domain.Resources;
using Federation.Manifests;
using Federation.Manifests.Reading;
using Federation.Manifests.Writing;

namespace Federation.Cli.Editing;

/// <summary>A resource in an editor until it is saved, or given up. Whatever is refused comes back with the reason above it: nothing that was written is lost.</summary>
/// <param name="session">The plane.</param>
/// <param name="console">Where results are told.</param>
/// <param name="open">Opens a file in an editor and waits.</param>
internal sealed class EditRun(PlaneSession session, CliConsole console, Func<string, CancellationToken, Task> open)
{
    private const string Mark = "# ";

    public async Task<int> RunAsync(ResourceKind kind, string name, CancellationToken ct)
    {
        Resource now = await session.RequireAsync(kind, name, ct);
        string folder = Directory.CreateTempSubdirectory("fedctl-edit-").FullName;
        string file = Path.Combine(folder, $"{kind.Name.ToLowerInvariant()}-{name}.yaml");
        string original = Text(now), shown = original, before = "";
        string? reason = null;
        while (true)
        {
            await File.WriteAllTextAsync(file, Heading(kind, name, reason) + shown, ct);
            await open(file, ct);
            string edited = Body(await File.ReadAllTextAsync(file, ct));
            if (edited.Trim().Length == 0 || (reason is null && edited == original))
            {
                Directory.Delete(folder, recursive: true);
                console.Out.WriteLine($"{ResourceTarget.Of(kind, name)} unchanged");
                return ExitCode.Done;
            }
            // Saved as it was refused: the person has given up.
            if (reason is not null && edited == before) throw new CliException(ExitCode.InvalidInput, $"nothing was changed; what you wrote is in {file}", $"go on with it: fedctl apply -f {file}");
            before = shown = edited;
            (reason, Resource? newer) = await TryAsync(kind, now, edited, ct);
            if (reason is null)
            {
                Directory.Delete(folder, recursive: true);
                return ExitCode.Done;
            }
            now = newer ?? now;
        }
    }

    private async Task<(string? Reason, Resource? Newer)> TryAsync(ResourceKind kind, Resource from, string text, CancellationToken ct)
    {
        string name = from.Metadata.Name;
        Resource wanted;
        switch (ResourceReader.Read(text, "edited"))
        {
            case ReadOutcome.Refused refused:
                return (string.Join('\n', refused.Errors.Select(static error => $"{(error.Path.Length > 0 ? $"{error.Path}: " : "")}{error.Rule}{(error.Suggestion is null ? "" : $"; {error.Suggestion}")}")), null);
            case ReadOutcome.Accepted { Resources: [var one] } when one.Kind == kind && one.Resource.Metadata.Name == name && (one.Resource.Metadata.Namespace ?? session.Namespace) == (from.Metadata.Namespace ?? session.Namespace):
                wanted = one.Resource;
                break;
            default:
                return ($"this is to stay the one {kind.Name} {name}: make others with fedctl apply", null);
        }
        try
        {
            ApplyResult result = await session.Client.ApplyAsync(wanted, new ApplyOptions { IfVersion = from.Metadata.ResourceVersion, FieldManager = "fedctl-edit" }, ct);
            console.Out.WriteLine($"{ResourceTarget.Of(kind, name)} {(result.Result == "configured" ? "edited" : result.Result)}");
            return (null, null);
        }
        catch (ApiException refusal) when (refusal.Status == HttpStatusCode.PreconditionFailed)
        {
            Resource newer = await session.RequireAsync(kind, name, ct);
            return ($"somebody changed it meanwhile. Below is what you wrote; saved again, it replaces theirs:\n\n{Text(newer).TrimEnd()}", newer);
        }
        catch (ApiException refusal) when (refusal.Status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)
        {
            return (string.Join('\n', Failures.Lines(refusal)), null);
        }
    }

    private static string Heading(ResourceKind kind, string name, string? reason)
    {
        var text = new StringBuilder();
        if (reason is not null)
            foreach (string line in ("Refused: " + reason).Split('\n')) text.Append((Mark + line).TrimEnd()).Append('\n');
        return text.Append(Mark).Append(reason is null ? $"{kind.Name} {name}. Save and leave to apply it; leave it as it is, or empty, to change nothing." : "Correct it and save; leave it as it is to give up.").Append('\n').ToString();
    }

    // What stands above the first line that is no remark is ours.
    private static string Body(string text) => string.Join('\n', text.Split('\n').SkipWhile(static line => line.StartsWith('#')));

    private static string Text(Resource resource)
    {
        JsonNode node = ResourceOutput.Json(resource);
        node.AsObject().Remove("status");
        JsonObject metadata = node["metadata"]!.AsObject();
        foreach (string member in (string[])["tenant", "uid", "generation", "resourceVersion", "createdAt", "deletionRequestedAt", "managedFields"]) metadata.Remove(member);
        return ResourceWriter.ToYaml(node);
    }
}
