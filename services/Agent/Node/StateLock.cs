namespace Federation.Agent.Node;

/// <summary>Keeps a second agent away from a state folder. The kernel lets go of it with the process, however that ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    public StateLock(string stateDirectory)
    {
        Directory.CreateDirectory(stateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            _file = new FileStream(Path.Combine(stateDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"another agent runs on {stateDirectory}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
