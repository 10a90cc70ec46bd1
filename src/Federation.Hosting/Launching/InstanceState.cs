namespace Federation.Hosting.Launching;

/// <summary>Where one instance of a project is in its life.</summary>
internal enum InstanceState
{
    Waiting,
    Starting,
    Ready,
    BackOff,
    Held,
    Stopped,
}
