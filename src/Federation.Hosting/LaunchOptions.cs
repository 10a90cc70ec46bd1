namespace Federation.Hosting;

/// <summary>The launcher's command line.</summary>
internal sealed record LaunchOptions
{
    public const string Help = """
        Runs every service and the sample clusters; Ctrl-C stops everything.

        usage: dotnet run --project AppHost [-- OPTIONS]
               dotnet run --project AppHost -- COMMAND [NAME] [--state DIR]

        Options:
          --state DIR      keeps everything under DIR (default: .federation beside the solution)
          --fresh          removes what an earlier run left under the state folder
          --port-base N    adds N to every port (default 0: the API at 7070, the ingress at 8080); not 8901 to 22999, which would
                           meet the ports that sample nodes give their replicas
          --help           this text

        Commands, to a launcher that runs (NAME may be the part before a dash: us-cloud for us-cloud-n1 and us-cloud-n2):
          list             every resource with its state and process id
          stop NAME        stops it and leaves it down until it is started by command
          kill NAME        ends it at once, as kill -9 does; the launcher starts it again
          start NAME       starts what was stopped
        and what the resources add; 'list' names these.
        """;

    /// <summary>Null: run the application.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    public string? StateDirectory { get; init; }

    public bool Fresh { get; init; }

    public int PortBase { get; init; }

    public bool ShowHelp { get; init; }

    /// <exception cref="DistributedApplicationException">The arguments are not understood.</exception>
    public static LaunchOptions Parse(string[] args)
    {
        var options = new LaunchOptions();
        var words = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h" or "-?":
                    options = options with { ShowHelp = true };
                    break;
                case "--fresh":
                    options = options with { Fresh = true };
                    break;
                case "--state":
                    options = options with { StateDirectory = Path.GetFullPath(ValueAfter(args, ref i)) };
                    break;
                case "--port-base":
                    options = options with { PortBase = PortBaseOf(ValueAfter(args, ref i)) };
                    break;
                case ['-', ..]:
                    throw new DistributedApplicationException($"unknown option {args[i]}; 'dotnet run --project AppHost -- --help' lists them");
                default:
                    words.Add(args[i]);
                    break;
            }
        }
        if (words.Count > 2) throw new DistributedApplicationException($"a command has at most one name, this one has {words.Count - 1}: {string.Join(' ', words)}");
        return words.Count == 0 ? options : options with { Command = words };
    }

    private static string ValueAfter(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new DistributedApplicationException($"{args[i - 1]} needs a value");

    // The fixed ports are 7070 to 8080. An agent that found one of them free would give it to a replica before the service that is to have it starts.
    private static int PortBaseOf(string text)
    {
        if (!int.TryParse(text, out int shift) || shift is < 0 or > 57000) throw new DistributedApplicationException($"--port-base is a number from 0 to 57000, not '{text}'");
        return shift is <= 8900 or >= 23000
            ? shift
            : throw new DistributedApplicationException($"--port-base {shift} gives the services ports from {7070 + shift} to {8080 + shift}; 17000 to 29999 are the nodes' and their replicas': take one up to 8900, or from 23000");
    }
}
