namespace Federation.Manifests;

/// <summary>How a text is to be read.</summary>
public enum InputFormat
{
    /// <summary>JSON where it is valid JSON, else YAML.</summary>
    Auto,

    /// <summary>YAML 1.2, core schema, one or more documents.</summary>
    Yaml,

    /// <summary>JSON, one or more values after each other.</summary>
    Json,
}
