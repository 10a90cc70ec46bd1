using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Domain.Json;
using Federation.Domain.Resources;

namespace Federation.Manifests.Shapes;

/// <summary>Reads shapes off the domain's records, so that a member added there is known here.</summary>
internal static class ShapeReflection
{
    private static readonly ConcurrentDictionary<Type, Shape> Shapes = new();

    /// <summary>The shape of a resource's record, of its metadata, or of any type these are made of.</summary>
    public static Shape Of(Type type) => Shapes.GetOrAdd(type, Read);

    /// <summary>The shape of a kind.</summary>
    public static Shape.Composite Of(ResourceKind kind) => (Shape.Composite)Of(kind.Type);

    private static Shape Read(Type type)
    {
        if (type == typeof(string)) return new Shape.Text();
        if (type == typeof(bool)) return new Shape.Flag();
        if (type == typeof(int) || type == typeof(long)) return new Shape.Whole(type);
        if (type == typeof(double) || type == typeof(decimal)) return new Shape.Number(type);
        if (type == typeof(DateTimeOffset)) return new Shape.Moment(type);
        if (type.IsEnum) return ReadChoice(type);
        if (type.GetInterfaces().Any(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IStringValue<>))) return ReadValue(type);
        if (type == typeof(IReadOnlyDictionary<string, string>)) return new Shape.Map(type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return new Shape.List(type, Of(type.GenericTypeArguments[0]));
        if (type.Namespace?.StartsWith("Federation.Domain", StringComparison.Ordinal) == true) return ReadComposite(type);
        throw new NotSupportedException($"no manifest form is known for {type}: teach it to {nameof(ShapeReflection)}");
    }

    private static Shape.Choice ReadChoice(Type type)
    {
        var words = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (object value in Enum.GetValues(type)) words.Add(JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!), value);
        return new(type, words);
    }

    private static Shape.Value ReadValue(Type type)
    {
        MethodInfo parse = type.GetMethod("Parse", [typeof(string)])!;
        return (Shape.Value)typeof(ShapeReflection).GetMethod(nameof(ValueOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(parse.ReturnType).Invoke(null, null)!;
    }

    private static Shape.Value ValueOf<T>() where T : IStringValue<T> => new(typeof(T), static text => T.Parse(text));

    private static Shape.Composite ReadComposite(Type type)
    {
        object? sample = type.GetConstructor([]) is not null ? Activator.CreateInstance(type) : null;
        var nullability = new NullabilityInfoContext();
        var members = new List<ShapeMember>();
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(Rank).ThenBy(static property => property.MetadataToken))
        {
            if (!property.CanWrite || property.IsDefined(typeof(JsonIgnoreAttribute))) continue;
            Type? underlying = Nullable.GetUnderlyingType(property.PropertyType);
            bool isNullable = underlying is not null || (!property.PropertyType.IsValueType && nullability.Create(property).WriteState == NullabilityState.Nullable);
            members.Add(new(
                property,
                JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                Of(underlying ?? property.PropertyType),
                property.IsDefined(typeof(RequiredMemberAttribute)),
                isNullable,
                property.IsDefined(typeof(ServerWrittenAttribute)),
                property.GetCustomAttribute<RangeAttribute>(),
                sample is null ? null : property.GetValue(sample)));
        }
        var key = type.GetCustomAttribute<MergeKeyAttribute>();
        return new(type, members, [.. (key?.Members ?? []).Select(JsonNamingPolicy.CamelCase.ConvertName)], key?.Formerly is { } former ? JsonNamingPolicy.CamelCase.ConvertName(former) : null);
    }

    // Files and tables begin with metadata, which the base record declares.
    private static int Rank(PropertyInfo property) => property.DeclaringType == typeof(Resource) ? 0 : 1;
}
