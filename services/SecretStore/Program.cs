using Federation.SecretStore;
using Federation.Security.AtRest;
using Federation.Storage;

try
{
    await using WebApplication app = await SecretStoreApplication.BuildAsync(args);
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception e) when (e is KeyRingException or StoreOpenException)
{
    // What an operator can put right is told in one line.
    await Console.Error.WriteLineAsync("secretstore: " + e.Message);
    return 1;
}
