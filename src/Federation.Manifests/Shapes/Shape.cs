namespace Federation.Manifests.Shapes;

/// <summary>What a value of a domain type looks like in a file.</summary>
internal abstract record Shape(Type Type)
{
    /// <summary>Text.</summary>
    internal sealed record Text() : Shape(typeof(string));

    /// <summary>True or false.</summary>
    internal sealed record Flag() : Shape(typeof(bool));

    /// <summary>A whole number.</summary>
    internal sealed record Whole(Type Type) : Shape(Type);

    /// <summary>A number.</summary>
    internal sealed record Number(Type Type) : Shape(Type);

    /// <summary>A moment; only the plane writes such members.</summary>
    internal sealed record Moment(Type Type) : Shape(Type);

    /// <summary>One of a few words.</summary>
    /// <param name="Type">The enum.</param>
    /// <param name="Words">Word to value, in the enum's order.</param>
    internal sealed record Choice(Type Type, IReadOnlyDictionary<string, object> Words) : Shape(Type);

    /// <summary>A domain value with a text form.</summary>
    /// <param name="Type">The value's type.</param>
    /// <param name="Parse">Reads it; a FormatException tells the rule.</param>
    internal sealed record Value(Type Type, Func<string, object> Parse) : Shape(Type);

    /// <summary>A list.</summary>
    internal sealed record List(Type Type, Shape Item) : Shape(Type)
    {
        /// <summary>The members that tell items apart, as files write them; empty where the list is one value.</summary>
        public IReadOnlyList<string> Keys => (Item as Composite)?.MergeKeys ?? [];

        /// <summary>The member that told them apart before; null if it was ever so.</summary>
        public string? FormerKey => (Item as Composite)?.FormerKey;
    }

    /// <summary>Text to text.</summary>
    internal sealed record Map(Type Type) : Shape(Type);

    /// <summary>A record of named members.</summary>
    internal sealed record Composite(Type Type, IReadOnlyList<ShapeMember> Members, IReadOnlyList<string> MergeKeys, string? FormerKey = null) : Shape(Type)
    {
        private readonly Dictionary<string, ShapeMember> _byName = Members.ToDictionary(static member => member.Name);

        /// <summary>Whether at least one member must be written.</summary>
        public bool HasRequired => Members.Any(static member => member.Required);

        /// <summary>The member of that name, or null.</summary>
        public ShapeMember? Find(string name) => _byName.GetValueOrDefault(name);
    }
}
