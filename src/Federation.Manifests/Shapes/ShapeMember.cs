using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Federation.Domain.Json;

namespace Federation.Manifests.Shapes;

/// <summary>One member of a record.</summary>
/// <param name="Property">The record's property.</param>
/// <param name="Name">As files write it.</param>
/// <param name="Shape">What its value looks like.</param>
/// <param name="Required">Whether it must be written.</param>
/// <param name="Nullable">Whether it may be absent from the record.</param>
/// <param name="ServerWritten">Whether the plane writes it, so that input is ignored.</param>
/// <param name="Range">Its limits, if it has any.</param>
/// <param name="Default">What it is where nothing is written; null where that is nothing.</param>
internal sealed record ShapeMember(PropertyInfo Property, string Name, Shape Shape, bool Required, bool Nullable, bool ServerWritten, RangeAttribute? Range, object? Default)
{
    private readonly Lazy<string?> _defaultJson = new(() => Default is null || Required ? null : JsonSerializer.Serialize(Default, Default.GetType(), DomainJson.Options));

    /// <summary><see cref="Default"/> as JSON; null where that is nothing.</summary>
    public string? DefaultJson => _defaultJson.Value;
}
