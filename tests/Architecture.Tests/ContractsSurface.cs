using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Federation.Contracts.V1;
using Google.Protobuf.Reflection;

namespace Architecture.Tests;

/// <summary>Writes the public surface of Federation.Contracts as text: its types with their members, its messages with their fields' numbers.</summary>
internal static class ContractsSurface
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe()
    {
        var text = new StringBuilder();
        foreach (Type type in typeof(TunnelFrame).Assembly.GetExportedTypes()
            .Where(type => type.Namespace != typeof(TunnelFrame).Namespace && !(type.Namespace ?? "").StartsWith(typeof(TunnelFrame).Namespace + ".", StringComparison.Ordinal))
            .OrderBy(type => type.FullName, StringComparer.Ordinal))
            Type(text, type);
        foreach (FileDescriptor file in GrpcAccessTests.Files()) Proto(text, file);
        return text.ToString();
    }

    private static void Type(StringBuilder text, Type type)
    {
        string form = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : "class";
        text.Append(CultureInfo.InvariantCulture, $"{form} {Name(type, full: true)}\n");
        IEnumerable<string> members = type.IsEnum
            ? Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}")
            : type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(Member).OfType<string>().Order(StringComparer.Ordinal);
        foreach (string member in members) text.Append(CultureInfo.InvariantCulture, $"  {member}\n");
    }

    private static string? Member(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } field => $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => $"{Name(property.PropertyType)}{Mark(Nullability.Create(property), property.PropertyType)} {property.Name}{(property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : " required")}",
        ConstructorInfo constructor when !IsGenerated(constructor) => $"new({Parameters(constructor)})",
        MethodInfo method when !method.IsSpecialName && !IsGenerated(method) => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        _ => null,
    };

    private static bool IsGenerated(MethodBase method) =>
        method.GetCustomAttribute<CompilerGeneratedAttribute>() is not null || (method.Name == "Deconstruct" && method.DeclaringType!.GetMethod("<Clone>$") is not null);

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter), parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + (parameter.RawDefaultValue ?? "null") : "")}"));

    private static string Mark(NullabilityInfo info, Type type) => !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";

    private static string Name(Type type, bool full = false)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        string name = type.Name.Split('`')[0];
        if (type.IsGenericType) name += $"<{string.Join(", ", type.GetGenericArguments().Select(argument => Name(argument)))}>";
        return full ? $"{type.Namespace}.{(type.DeclaringType is { } outer ? outer.Name + "." : "")}{name}" : name;
    }

    private static void Proto(StringBuilder text, FileDescriptor file)
    {
        foreach (ServiceDescriptor service in file.Services)
        {
            text.Append(CultureInfo.InvariantCulture, $"service {service.FullName}\n");
            foreach (MethodDescriptor method in service.Methods)
                text.Append(CultureInfo.InvariantCulture, $"  {method.Name}({(method.IsClientStreaming ? "stream " : "")}{method.InputType.Name}) returns ({(method.IsServerStreaming ? "stream " : "")}{method.OutputType.Name})\n");
        }
        foreach (MessageDescriptor message in file.MessageTypes) Message(text, message);
        foreach (EnumDescriptor set in file.EnumTypes)
        {
            text.Append(CultureInfo.InvariantCulture, $"enum {set.FullName}\n");
            foreach (EnumValueDescriptor value in set.Values) text.Append(CultureInfo.InvariantCulture, $"  {value.Name} = {value.Number}\n");
        }
    }

    private static void Message(StringBuilder text, MessageDescriptor message)
    {
        text.Append(CultureInfo.InvariantCulture, $"message {message.FullName}\n");
        foreach (FieldDescriptor field in message.Fields.InFieldNumberOrder())
        {
            string type = field.FieldType switch
            {
                FieldType.Message => field.MessageType.Name,
                FieldType.Enum => field.EnumType.Name,
                _ => field.FieldType.ToString().ToLowerInvariant(),
            };
            string oneof = field.ContainingOneof is { IsSynthetic: false } group ? $" (one of {group.Name})" : "";
            text.Append(CultureInfo.InvariantCulture, $"  {field.FieldNumber} {(field.IsMap ? "map " : field.IsRepeated ? "repeated " : "")}{type} {field.Name}{oneof}\n");
        }
        foreach (MessageDescriptor nested in message.NestedTypes) Message(text, nested);
    }
}
