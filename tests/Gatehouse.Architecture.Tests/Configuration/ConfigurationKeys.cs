using System.Collections;
using System.Globalization;
using System.Reflection;
using Gatehouse.Functions.Hooks;

namespace Gatehouse.Architecture.Tests.Configuration;

/// <summary>The keys that the Function app's options classes take. An options class is one with <c>public const string Section</c>.</summary>
internal static class ConfigurationKeys
{
    private static readonly string[] SecretNames = ["Password", "Secret", "ConnectionString", "AccountKey", "RegistryAuthorization"];

    private static readonly Dictionary<Type, string> TypeNames = new()
    {
        [typeof(string)] = "text",
        [typeof(int)] = "whole number",
        [typeof(long)] = "whole number",
        [typeof(double)] = "number",
        [typeof(bool)] = "true or false",
        [typeof(TimeSpan)] = "time",
    };

    public static IReadOnlyList<Type> Options { get; } =
        [.. Product.Closure("Gatehouse.Functions").Append("Gatehouse.Functions")
            .SelectMany(project => Product.Load(project).GetTypes())
            .Where(type => SectionOf(type) is not null)
            .OrderBy(type => type.FullName, StringComparer.Ordinal)];

    /// <summary>By section; within one as the class has them.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
        [.. Options.SelectMany(type => Below(SectionOf(type)!, type)).OrderBy(key => key.Section, StringComparer.Ordinal)];

    private static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static IEnumerable<ConfigurationKey> Below(string path, Type type)
    {
        var options = Activator.CreateInstance(type);
        return type.GetProperties()
            .OrderBy(property => property.MetadataToken)
            .Where(IsBound)
            .SelectMany(property => Expand($"{path}:{property.Name}", property, property.PropertyType, property.GetValue(options)));
    }

    /// <summary>The binder sets properties and fills collections; what has no setter is derived.</summary>
    private static bool IsBound(PropertyInfo property) => property.SetMethod is { IsPublic: true } || property.PropertyType.IsGenericType;

    private static IEnumerable<ConfigurationKey> Expand(string path, PropertyInfo property, Type type, object? value)
    {
        var actual = Nullable.GetUnderlyingType(type) ?? type;
        if (actual.IsGenericType)
        {
            // Upstreams go by host; whatever else is a dictionary goes by a name of ours.
            var element = actual.GetGenericTypeDefinition() != typeof(IDictionary<,>) ? "0" : property.Name == "Upstreams" ? "<host>" : "<name>";
            return Expand($"{path}:{element}", property, actual.GetGenericArguments()[^1], value);
        }

        return TypeNames.TryGetValue(actual, out var name)
            ? [new ConfigurationKey(path, name, Text(value), IsSecret(property), XmlSummaries.Of(property))]
            : Below(path, actual);
    }

    private static bool IsSecret(PropertyInfo property) => property.DeclaringType == typeof(HookOptions) || SecretNames.Contains(property.Name);

    private static string? Text(object? value) => value switch
    {
        null or "" => null,
        bool flag => flag ? "true" : "false",
        string text => text,
        TimeSpan time when time.Ticks % TimeSpan.TicksPerSecond != 0 => time.ToString("c").TrimEnd('0'),
        IEnumerable many => Text(string.Join(", ", many.Cast<object>())),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
