using System.Text;

namespace Gatehouse.Architecture.Tests.Configuration;

/// <summary><c>docs/configuration.md</c>: what people wrote, up to the heading, and the generated table below it.</summary>
internal static class ConfigurationDocument
{
    private const string Heading = "## Keys\n";

    public static string FilePath { get; } = Path.Combine(Repository.Root, "docs", "configuration.md");

    /// <summary>The same with a new table.</summary>
    public static string Renew(string document)
    {
        var end = document.IndexOf(Heading, StringComparison.Ordinal);
        return end < 0
            ? throw new InvalidDataException($"{FilePath} has no line '{Heading.TrimEnd()}', below which the table goes.")
            : document[..(end + Heading.Length)] + Table();
    }

    private static string Table()
    {
        var table = new StringBuilder("| key | environment variable | type | default | meaning |\n|---|---|---|---|---|\n");
        foreach (var key in ConfigurationKeys.All)
        {
            string[] cells = [Code(key.Name), Code(key.EnvironmentVariable), key.Secret ? $"{key.Type}, **secret**" : key.Type, Code(key.Default), key.Meaning ?? ""];
            table.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Code(string? text) => text is null ? "" : $"`{text}`";
}
