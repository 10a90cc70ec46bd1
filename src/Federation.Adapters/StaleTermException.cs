namespace Federation.Adapters;

/// <summary>The writer's term is below one already obeyed.</summary>
public sealed class StaleTermException(long term, long obeyed)
    : InvalidOperationException($"term {term} is below the term {obeyed} already obeyed here");
