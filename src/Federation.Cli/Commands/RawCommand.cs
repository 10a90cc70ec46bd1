using System.CommandLine;
using System.Text;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl raw</c></summary>
internal static class RawCommand
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    public static Command Create(CommandScope scope)
    {
        var method = new Argument<string>("method") { Description = string.Join(", ", Methods) };
        method.AcceptOnlyFromAmong(Methods);
        var path = new Argument<string>("path") { Description = "Path and query, as /v1/clusters?limit=5" };
        var data = new Option<string?>("--data", "-d") { Description = "The body as JSON; - reads it from standard input", HelpName = "JSON" };
        var command = new Command("raw", """
            Calls the API as it stands, for what has no command of its own, and prints the answer

            Examples:
              fedctl raw GET /v1/clusters
              fedctl raw POST /v1/keys/signing/rotate
              fedctl raw POST /v1/revocations -d '{"cluster":"edge","node":"n1"}'
            """) { method, path, data };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string target = parse.GetValue(path)!;
            if (target is not ['/', ..] || target.StartsWith("//", StringComparison.Ordinal)) throw new CliException(ExitCode.Usage, $"'{target}' is no path", "it begins with one slash: /v1/clusters");
            string? body = parse.GetValue(data) is "-" ? await scope.Console.In.ReadToEndAsync(ct) : parse.GetValue(data);
            byte[] answer = await session.Client.SendRawAsync(HttpMethod.Parse(parse.GetValue(method)!), target, body is null ? null : Encoding.UTF8.GetBytes(body), ct);
            if (answer.Length > 0) scope.Console.Out.WriteLine(Encoding.UTF8.GetString(answer).TrimEnd());
            return ExitCode.Done;
        });
        return command;
    }
}
