namespace Federation.Hosting;

/// <summary>The model or the machine does not allow the application to run; the message says what to do.</summary>
public sealed class DistributedApplicationException : Exception
{
    /// <summary>With the sentence for the person at the screen.</summary>
    public DistributedApplicationException(string message) : base(message)
    {
    }

    /// <summary>With the sentence and its cause.</summary>
    public DistributedApplicationException(string message, Exception inner) : base(message, inner)
    {
    }
}
