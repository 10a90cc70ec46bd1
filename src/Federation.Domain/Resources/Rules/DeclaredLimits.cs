using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Federation.Domain.Resources.Rules;

/// <summary>The limits that members declare by <see cref="RangeAttribute"/>, and the rule that no text holds a NUL character (no environment, argument or file name can).</summary>
internal static class DeclaredLimits
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Member>> Members = new();

    private sealed record Member(PropertyInfo Property, string Name, RangeAttribute? Range);

    public static void Check(Resource resource, RuleContext context) => CheckObject(resource, "", context);

    private static void CheckObject(object value, string path, RuleContext context)
    {
        foreach (Member member in Members.GetOrAdd(value.GetType(), Read))
        {
            if (member.Property.GetValue(value) is not { } child) continue;
            string childPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (member.Range is { } range && !Within(child, range))
                context.Refuse(childPath, string.Create(CultureInfo.InvariantCulture, $"must lie between {range.Minimum} and {range.Maximum}"));
            CheckValue(child, childPath, context);
        }
    }

    private static void CheckValue(object value, string path, RuleContext context)
    {
        switch (value)
        {
            case string text:
                if (text.Contains('\0')) context.Refuse(path, "text holds no NUL characters");
                break;
            case IReadOnlyDictionary<string, string> map:
                foreach ((string key, string text) in map)
                {
                    if (key.Contains('\0') || text.Contains('\0')) context.Refuse(RuleContext.KeyPath(path, key.Replace("\0", "", StringComparison.Ordinal)), "text holds no NUL characters");
                }
                break;
            case IEnumerable list:
                int index = 0;
                foreach (object? item in list)
                {
                    if (item is not null) CheckValue(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), context);
                    index++;
                }
                break;
            case { } child when child.GetType() is { IsClass: true } type && type.Namespace!.StartsWith("Federation.", StringComparison.Ordinal):
                CheckObject(child, path, context);
                break;
        }
    }

    private static bool Within(object value, RangeAttribute range)
    {
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number >= Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) && number <= Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
    }

    private static List<Member> Read(Type type) =>
        [.. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.CanWrite && property.GetIndexParameters().Length == 0 && !property.IsDefined(typeof(ServerWrittenAttribute))
            orderby property.MetadataToken
            select new Member(property, JsonNamingPolicy.CamelCase.ConvertName(property.Name), property.GetCustomAttribute<RangeAttribute>())];
}
