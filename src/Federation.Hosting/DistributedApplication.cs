using System.Runtime.InteropServices;
using Federation.Hosting.Control;
using Federation.Hosting.Launching;

namespace Federation.Hosting;

/// <summary>The application: its model, closed, and what runs it.</summary>
public sealed partial class DistributedApplication
{
    private const int InterruptSignal = 2;
    private const nint DefaultAction = 0;
    private readonly ApplicationModelSnapshot _model;

    internal DistributedApplication(ApplicationModelSnapshot model) => _model = model;

    /// <summary>Begins a model. Arguments that are not understood end the program with exit code 2 and a sentence.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            LaunchOptions options = LaunchOptions.Parse(args);
            if (!options.ShowHelp) return new DistributedApplicationBuilder(options);
            Console.WriteLine(LaunchOptions.Help);
            Environment.Exit(0);
        }
        catch (DistributedApplicationException refusal)
        {
            Console.Error.WriteLine($"AppHost: {refusal.Message}");
            Environment.Exit(2);
        }
        throw new InvalidOperationException("the program has ended");
    }

    /// <summary>Runs until Ctrl-C or SIGTERM, or carries out the command of the command line. The exit code is 0 for a wanted end, 1 for a failure.</summary>
    public void Run() => Environment.ExitCode = RunAsync().GetAwaiter().GetResult();

    /// <summary>As <see cref="Run"/>; returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A shell's background job is born to ignore Ctrl-C, and .NET keeps to that; this program ends by it alone, so it listens all the same.
        HeedInterrupt(InterruptSignal, DefaultAction);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            if (_model.Options.Command is { } command) return await ControlClient.SendAsync(_model.StateDirectory, command, stopping.Token);
            await new Launcher(_model, new LogPrinter(Console.Out, colours: !Console.IsOutputRedirected)).RunAsync(stopping.Token);
            return 0;
        }
        catch (DistributedApplicationException failure)
        {
            Console.Error.WriteLine($"AppHost: {failure.Message}");
            return 1;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A disk that is full or read-only, a folder of somebody else's: the message names the file.
            Console.Error.WriteLine($"AppHost: {failure.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint HeedInterrupt(int signal, nint action);
}
