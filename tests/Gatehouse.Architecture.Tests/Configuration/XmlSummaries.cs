using System.Collections.Concurrent;
using System.Reflection;
using System.Xml.Linq;

namespace Gatehouse.Architecture.Tests.Configuration;

/// <summary>Summaries from the documentation file that the build writes beside each assembly, as Markdown of one line.</summary>
internal static class XmlSummaries
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> Files = new();

    /// <summary>Null when it has none.</summary>
    public static string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var members = Files.GetOrAdd(type.Assembly, Read);
        return members.GetValueOrDefault($"P:{type.FullName!.Replace('+', '.')}.{property.Name}")?.Element("summary") is { } summary
            ? string.Join(' ', Flatten(summary).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            : null;
    }

    private static Dictionary<string, XElement> Read(Assembly assembly) => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    private static string Flatten(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{(see.Attribute("cref") ?? see.Attribute("langword"))?.Value.Split('.', ':')[^1]}`",
        XElement element => string.Concat(element.Nodes().Select(Flatten)),
        _ => string.Empty,
    };
}
