namespace Federation.Cli.Rendering;

/// <summary>How long ago, in two letters or so.</summary>
internal static class Age
{
    public static string Of(DateTimeOffset? moment, DateTimeOffset now) => moment is { } known ? Of(now - known) : "-";

    public static string Of(TimeSpan age) => age switch
    {
        { TotalSeconds: < 0 } => "0s",
        { TotalSeconds: < 120 } => $"{(int)age.TotalSeconds}s",
        { TotalMinutes: < 120 } => $"{(int)age.TotalMinutes}m",
        { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
        _ => $"{(int)age.TotalDays}d",
    };
}
