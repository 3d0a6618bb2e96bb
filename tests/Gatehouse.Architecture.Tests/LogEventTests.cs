using System.Reflection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>Event ids are contracts with whoever alerts on them.</summary>
public sealed class LogEventTests
{
    private static readonly List<(string Method, int Id, string? Name)> Events =
        [.. Product.MayReference.Keys.SelectMany(project => Product.Load(project).GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Attribute: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Attribute is not null)
            .Select(found => ($"{found.Method.DeclaringType!.FullName}.{found.Method.Name}", found.Attribute!.EventId, found.Attribute.EventName))];

    [Fact]
    public void LogEvents_OverAllAssemblies_HaveUniqueIds()
    {
        Assert.NotEmpty(Events);
        Assert.Empty(Events.GroupBy(found => found.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(found => found.Method))}"));
    }

    [Fact]
    public void LogEvents_OverAllAssemblies_HaveAnIdGiven() => Assert.Empty(Events.Where(found => found.Id <= 0).Select(found => found.Method));

    [Fact]
    public void LogEvents_Names_AreTheMethods() => Assert.Empty(
        Events.Where(found => found.Name is not null && !found.Method.EndsWith("." + found.Name, StringComparison.Ordinal)).Select(found => found.Method));

    [Fact]
    public void LogEvents_Methods_StandInAClassCalledLog() => Assert.DoesNotContain(
        Events.Select(found => found.Method), method => !method.Split('.')[^2].EndsWith("Log", StringComparison.Ordinal));
}
