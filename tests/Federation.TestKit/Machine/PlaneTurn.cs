using Xunit;

namespace Federation.TestKit.Machine;

/// <summary>
/// The turn of a test program that starts whole planes, and holds them to times: one such program runs on a machine at a time, however many test programs run
/// beside one another. An assembly's fixture; the turn ends with the process, whatever becomes of it.
/// </summary>
public sealed class PlaneTurn : IAsyncLifetime
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private FileStream? _turn;

    /// <summary>Waits for the turn.</summary>
    public async ValueTask InitializeAsync()
    {
        string path = Path.Combine(Path.GetTempPath(), "federation-tests.turn");
        while (_turn is null)
        {
            try
            {
                _turn = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another program has it.
                await Task.Delay(LookAgain);
            }
        }
    }

    /// <summary>Gives the turn on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_turn is not null) await _turn.DisposeAsync();
    }
}
