using System.Globalization;

namespace Federation.Sample.Roles;

/// <summary>Ends by itself, to show restarts and their backoff.</summary>
internal static class CrashRole
{
    public static async Task<int> RunAsync(string[] args)
    {
        double seconds = args.Length > 0 && double.TryParse(args[0], CultureInfo.InvariantCulture, out double given) ? given : 1;
        int code = args.Length > 1 && int.TryParse(args[1], out int wanted) ? wanted : 1;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        Console.Error.WriteLine($"crashes with code {code}, as told");
        return code;
    }
}
