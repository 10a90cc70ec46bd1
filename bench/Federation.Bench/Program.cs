using Federation.Bench.Apply;
using Federation.Bench.Dashboard;
using Federation.Bench.Failover;
using Federation.Bench.Footprint;
using Federation.Bench.Ingress;
using Federation.Bench.Kubernetes;
using Federation.Bench.Planner;
using Federation.Bench.Recover;
using Federation.Bench.Results;
using Federation.Bench.Routes;
using Federation.Bench.Simulate;
using Federation.Bench.Store;
using Federation.Bench.Swarm;

IBenchmark[] benchmarks =
[
    new StoreBenchmark(), new PlannerBenchmark(), new ApplyBenchmark(), new IngressBenchmark(), new RoutesBenchmark(), new DashboardBenchmark(), new FootprintBenchmark(),
    new SimulateBenchmark(), new FailoverBenchmark(), new RecoverBenchmark(), new KubernetesBenchmark(), new SwarmBenchmark(),
];

if (args is ["--list"])
{
    foreach (var known in benchmarks) Console.WriteLine($"{known.Name,-12} {known.Summary}");
    return 0;
}
// The store's server side of the loopback comparison: this program again, as a process of its own.
if (args is ["serve-store", var path]) return await StoreEndpoint.ServeAsync(path);
if (args is ["serve-yarp", .. var ports]) return await PeerProxies.ServeYarpAsync(ports);
if (args is ["serve-kubernetes", var nodes]) return await ClusterStage.ServeAsync(nodes);
if (args is ["observe-kubernetes", var kubeconfig, var journal, var replicas]) return await ObserverProgram.RunAsync(kubeconfig, journal, replicas);

string name = args.FirstOrDefault() ?? "";
int only = Array.IndexOf(args, "--only");
var benchmark = benchmarks.FirstOrDefault(known => known.Name == name);
if (benchmark is null)
{
    Console.Error.WriteLine($"There is no benchmark '{name}'. bench/run --list names all.");
    return 2;
}

var context = new BenchmarkContext { Quick = args.Contains("--quick"), Only = only >= 0 && only + 1 < args.Length ? args[only + 1] : "", Root = ResultFile.FindRoot() };
await benchmark.RunAsync(context, CancellationToken.None);
string command = "bench/run " + string.Join(' ', args);
var result = ResultFile.Create(benchmark.Name, command, context);
Console.WriteLine(ResultTable.Render(result));
if (context.Quick || context.Only.Length > 0)
{
    Console.WriteLine("A quick or partial run: nothing was recorded.");
    return 0;
}
ResultFile.Write(result, context.Root);
ResultReadme.Write(context.Root);
return result.Cases.All(measured => measured.Met is not false) ? 0 : 1;
