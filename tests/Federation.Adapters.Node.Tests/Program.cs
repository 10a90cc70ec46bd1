using Federation.Adapters.Node.Tests;
using Federation.Adapters.Node.Tests.Processes;

if (Environment.GetEnvironmentVariable(NodeProcess.Variable) is { } folder)
{
    await NodeProcess.RunAsync(folder);
    return 0;
}
return args.Any(static arg => arg is "-automated" or "@@")
    ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
