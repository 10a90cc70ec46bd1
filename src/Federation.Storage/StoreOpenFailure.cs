namespace Federation.Storage;

/// <summary>Why a store could not be opened.</summary>
public enum StoreOpenFailure
{
    /// <summary>Another process holds it.</summary>
    Locked,

    /// <summary>Its content is damaged.</summary>
    Corrupt,

    /// <summary>What is there was not made by this store.</summary>
    NotAStore,

    /// <summary>It was written by a newer version of the program.</summary>
    NewerFormat,

    /// <summary>A restore of it was cut short: it is to be run again.</summary>
    HalfRestored,

    /// <summary>It is gone, though it was there before.</summary>
    Missing,

    /// <summary>It cannot be reached, created or read: path, permissions, or a failing disk.</summary>
    Unreachable,
}
