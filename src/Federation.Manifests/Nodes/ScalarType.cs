namespace Federation.Manifests.Nodes;

/// <summary>What a scalar is by the YAML 1.2 core schema, or by JSON.</summary>
internal enum ScalarType
{
    Text,
    Integer,
    Number,
    Boolean,
    Null,
}
