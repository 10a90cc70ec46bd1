using Federation.Cli;

return await FedctlProgram.RunAsync(args, CliConsole.System(), CancellationToken.None);
