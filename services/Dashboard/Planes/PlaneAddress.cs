namespace Federation.Dashboard.Planes;

/// <summary>Where the plane's public API is: the gateway's door, from <c>services__gateway__http__0</c>.</summary>
internal sealed class PlaneAddress(IConfiguration configuration)
{
    /// <summary>The API's address, with a slash at its end.</summary>
    public Uri Api { get; } = configuration["services:gateway:http:0"] is { Length: > 0 } address
        ? new Uri(address.TrimEnd('/') + "/")
        : throw new InvalidOperationException("services__gateway__http__0 is not set: where is the plane's API?");
}
