using Federation.Sample;
using Federation.Sample.Roles;

// One small program in several roles; the role is the first argument.
ReplicaIdentity self = ReplicaIdentity.FromEnvironment();
string[] rest = args.Length > 1 ? args[1..] : [];
return args.FirstOrDefault() switch
{
    "web" => await WebRole.RunAsync(self),
    "api" => await ApiRole.RunAsync(self),
    "worker" => await WorkerRole.RunAsync(self),
    "slow" => await SlowRole.RunAsync(self, rest),
    "allocate" => await AllocateRole.RunAsync(rest),
    "crash" => await CrashRole.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: federation-sample ROLE
          web                        answers GET / with who it is, and asks API_ADDRESS (if set) on the way
          api                        the same; POST /orders?id=ID counts executions, GET /executions tells them
          worker                     logs and calls API_ADDRESS every INTERVAL_SECONDS (2)
          slow [START [ANSWER]]      a web that is ready after START (5) seconds and answers after ANSWER (1)
          allocate MEBIBYTES         takes and touches that much memory, then waits
          crash [SECONDS [CODE]]     ends after SECONDS (1) with CODE (1)

        ANSWER_STATUS=500 makes web, api and slow answer everything but /healthz with that status, HEALTH_STATUS=500 makes /healthz do so:
        versions that fail, to see a rollout undo itself.
        """);
    return 2;
}
