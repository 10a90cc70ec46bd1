using Federation.Domain.Chance;

namespace Federation.Storage.Sqlite;

/// <summary>Opens stores that live in one SQLite database.</summary>
public static class SqliteStore
{
    /// <summary>Opens the store, or makes it if there is none, and takes its leadership for as long as it is open.</summary>
    /// <param name="path">The database file; its folder is made if it is missing. Beside it live <c>-wal</c> and <c>.lock</c>.</param>
    /// <param name="options">The store's bounds; null: the usual ones.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StoreOpenException">Locked by another process, damaged, not ours, newer than this program, or out of reach; the message names the file.</exception>
    public static async Task<IStore> OpenAsync(string path, DocumentStoreOptions? options = null, CancellationToken cancellationToken = default) =>
        await DocumentStore.OpenAsync(new SqliteCommitLog(path, SecureChance.Instance), options, cancellationToken).ConfigureAwait(false);
}
