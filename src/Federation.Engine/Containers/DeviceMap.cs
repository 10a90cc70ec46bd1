namespace Federation.Engine.Containers;

/// <summary>A device of the machine, handed to a container.</summary>
/// <param name="PathOnHost">Its path on the machine.</param>
/// <param name="PathInContainer">Its path inside.</param>
/// <param name="CgroupPermissions">What may be done: of <c>r</c>, <c>w</c> and <c>m</c>.</param>
public sealed record DeviceMap(string PathOnHost, string PathInContainer, string CgroupPermissions);
