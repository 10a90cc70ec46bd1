using System.Globalization;
using System.Net;
using Federation.Backup;
using Federation.Cli.Applying;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Storage;

namespace Federation.Cli.Session;

/// <summary>Every failure as a person reads it: what, by which rule, what to do next; and its exit code.</summary>
internal static class Failures
{
    public static int Tell(Exception failure, CliConsole console, CancellationToken ct)
    {
        (int code, IEnumerable<string> lines, string? next) = failure switch
        {
            CliException known => (known.ExitCode, (IEnumerable<string>)[known.Message], known.Next),
            ApiException refusal => (Code(refusal), Lines(refusal), Next(refusal)),
            PlaneUnreachableException => (ExitCode.Unreachable, [failure.Message], "is it running? 'dotnet run --project AppHost' starts one here; 'fedctl context show' says which address is meant"),
            BackupException refused => (ExitCode.Failed, [refused.Message], refused.Next),
            StoreOpenException store => (ExitCode.Failed, [store.Message], store.Failure == StoreOpenFailure.Locked ? "stop the plane's services first" : null),
            ContextFileException => (ExitCode.Failed, [failure.Message], null),
            OperationCanceledException when ct.IsCancellationRequested => (ExitCode.Interrupted, ["interrupted"], null),
            IOException or HttpRequestException => (ExitCode.Unreachable, [failure.Message], "try again; 'fedctl get clusters' tells whether the plane answers"),
            _ => (ExitCode.Failed, [$"unexpected: {failure}"], null),
        };
        foreach (string line in lines) console.Error.WriteLine(Coloured(console, $"fedctl: {line}"));
        if (next is not null) console.Error.WriteLine(next);
        return code;
    }

    public static IEnumerable<string> Lines(ApiException refusal)
    {
        string first = refusal.Detail ?? refusal.Title;
        if (refusal.Holder is { } holder && !first.Contains(holder, StringComparison.Ordinal)) first += $" (held by {holder})";
        if (refusal.Conflicts.Count > 0) return refusal.Conflicts.Select(conflict => $"{conflict.Field} is owned by {conflict.Owner}");
        if (refusal.Errors.Count == 0) return [first];
        return refusal.Errors.Select(error =>
        {
            string place = error.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{error.Line}:{error.Column}: ") : "";
            return $"{place}{(error.Path.Length > 0 ? $"{error.Path}: " : "")}{error.Rule}{(error.Suggestion is null ? "" : $"; {error.Suggestion}")}";
        });
    }

    private static int Code(ApiException refusal) => refusal.Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Refused,
        HttpStatusCode.NotFound => ExitCode.NotFound,
        HttpStatusCode.Conflict when refusal.Type == ProblemTypes.FieldConflict => ExitCode.Conflict,
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge => ExitCode.InvalidInput,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };

    private static string? Next(ApiException refusal) => refusal.Status switch
    {
        HttpStatusCode.Unauthorized => "log in again: fedctl login",
        HttpStatusCode.Forbidden => "use a context whose role allows it: fedctl context list",
        HttpStatusCode.NotFound => "see what is there: fedctl get KIND",
        HttpStatusCode.Conflict when refusal.Type == ProblemTypes.FieldConflict => ApplyRun.HowToSolveConflicts,
        HttpStatusCode.Conflict when refusal.Type == ProblemTypes.InUse => "delete first what refers to it",
        HttpStatusCode.PreconditionFailed => "it was changed meanwhile: read it again, then repeat",
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => "a service is starting or down: try again in a moment",
        _ => null,
    };

    private static string Coloured(CliConsole console, string text) => console.ErrorIsTerminal ? $"\e[31m{text}\e[0m" : text;
}
