namespace Federation.ServiceDefaults.Auth;

/// <summary>Where the keys come from that tokens are checked by. Thread-safe.</summary>
public interface ITokenKeySource
{
    /// <summary>The newest keys known; null if none were ever had.</summary>
    PlaneKeys? Current { get; }

    /// <summary>Looks for newer keys, since a token names one that is not known; at a limited rate, so that made-up names cost nothing.</summary>
    Task<PlaneKeys?> RefreshAsync(CancellationToken cancellationToken);
}
