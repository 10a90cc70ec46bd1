using Federation.Storage;
using Federation.Storage.Sqlite;

namespace Federation.Placement.Documents;

/// <summary>Opens Placement's store, and makes one only where there was none.</summary>
public static class PlacementStore
{
    /// <summary>Opens the store of a state folder.</summary>
    /// <param name="stateDirectory">The service's own folder.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StoreOpenException">It cannot be opened; or it is gone from a folder that a Placement has served from before.</exception>
    public static Task<IStore> OpenAsync(string stateDirectory, CancellationToken cancellationToken = default)
    {
        string path = Path.Combine(stateDirectory, "placement.db"), member = Path.Combine(stateDirectory, "certificate");
        // An empty store has no orders: the agents would end all that runs, for a file that somebody lost.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 } && Directory.Exists(member))
        {
            throw new StoreOpenException(StoreOpenFailure.Missing,
                $"Store {path} is gone or empty, and a Placement has served from this folder before: an empty store would end all that the agents run. "
                + $"Restore it from a backup (fedctl restore), or recover the plane (fedctl recover); if an empty one is meant, remove {member} as well.");
        }
        return SqliteStore.OpenAsync(path, cancellationToken: cancellationToken);
    }
}
