using System.Globalization;

namespace Federation.Hosting.Launching;

/// <summary>At most one launcher on a state folder. The lock is the kernel's and ends with the process, however that ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <exception cref="DistributedApplicationException">Another launcher holds the folder.</exception>
    public static StateLock Take(string stateDirectory)
    {
        OwnerOnly.CreateDirectory(stateDirectory);
        string holder = Path.Combine(stateDirectory, "apphost.pid");
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(stateDirectory, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(holder))
        {
            throw new DistributedApplicationException(
                $"another AppHost (process {File.ReadAllText(holder).Trim()}) holds {stateDirectory}. Stop it, or run beside it with --state DIR --port-base 10000.");
        }
        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new(file);
    }

    public void Dispose() => _file.Dispose();
}
