using System.CommandLine;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Domain.Clusters;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl login</c></summary>
internal static class LoginCommand
{
    public static Command Create(CommandScope scope)
    {
        var server = new Option<string?>("--server") { Description = "The plane's API address (default: the current context's, else http://localhost:7070)", HelpName = "URL" };
        var clientId = new Option<string?>("--client-id") { Description = "The service account's client id; asked for if left out", HelpName = "ID" };
        var name = new Option<string>("--name") { Description = "What to call the context", DefaultValueFactory = _ => "default", HelpName = "NAME" };
        var command = new Command("login", """
            Keeps a plane and an identity as a context, after trying them

            The client secret is asked for, or read from standard input; it is never an argument, which others could see.

            Examples:
              fedctl login --server https://plane.example
              printf %s "$SECRET" | fedctl login --client-id ci --name ci
            """) { server, clientId, name };
        scope.Handle(command, async (parse, ct) =>
        {
            string path = scope.ContextPath(parse);
            ContextFile file = ContextFile.Load(path).File;
            string address = parse.GetValue(server) ?? file.Find(null)?.Server.ToString() ?? "http://localhost:7070";
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
                throw new CliException(ExitCode.Usage, $"'{address}' is no http or https address");
            string id = parse.GetValue(clientId) ?? Ask(scope.Console, "Client id: ", hidden: false);
            string secret = Ask(scope.Console, "Client secret: ", hidden: true);
            var context = new ClientContext
            {
                Server = uri,
                ClientId = id,
                ClientSecret = secret,
                Tenant = parse.GetValue(scope.Tenant),
                Namespace = parse.GetValue(scope.Namespace) ?? "default",
            };
            using (FederationClient client = FederationClient.Create(context)) await client.ListAsync<Cluster>(ct: ct);
            file.With(parse.GetValue(name)!, context, makeCurrent: true).Save(path);
            scope.Console.Out.WriteLine($"logged in; context '{parse.GetValue(name)}' is the current one ({path})");
            return ExitCode.Done;
        });
        return command;
    }

    internal static string Ask(CliConsole console, string prompt, bool hidden)
    {
        if (console.InIsTerminal) console.Error.Write(prompt);
        string? text = console.InIsTerminal && hidden ? ReadHidden(console) : console.In.ReadLine();
        return text is { Length: > 0 } ? text.Trim() : throw new CliException(ExitCode.Usage, $"no {prompt.TrimEnd(':', ' ').ToLowerInvariant()} was given", "type it, or give it by standard input");
    }

    private static string ReadHidden(CliConsole console)
    {
        var typed = new System.Text.StringBuilder();
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace)
            {
                if (typed.Length > 0) typed.Length--;
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }
        console.Error.WriteLine();
        return typed.ToString();
    }
}
