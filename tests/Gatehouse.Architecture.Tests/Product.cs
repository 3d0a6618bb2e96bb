using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>The product's projects and what each may use; see design section 2.</summary>
internal static class Product
{
    /// <summary>Project to the projects it may reference. Everything under src is here.</summary>
    public static IReadOnlyDictionary<string, string[]> MayReference { get; } = new Dictionary<string, string[]>
    {
        ["Gatehouse.Core"] = [],
        ["Gatehouse.Registry"] = ["Gatehouse.Core"],
        ["Gatehouse.Evidence"] = ["Gatehouse.Core", "Gatehouse.Registry"],
        ["Gatehouse.Azure"] = ["Gatehouse.Core", "Gatehouse.Registry"],
        ["Gatehouse.Functions"] = ["Gatehouse.Core", "Gatehouse.Registry", "Gatehouse.Evidence", "Gatehouse.Azure"],
        ["Gatehouse.Emulator"] = ["Gatehouse.Registry"],
        ["Gatehouse.Local"] = ["Gatehouse.Functions", "Gatehouse.Emulator"],
        ["Gatehouse.Cli"] = ["Gatehouse.Core"],
    };

    public static TheoryData<string> Projects => [.. MayReference.Keys];

    /// <summary>What it may reference, and what those may, and so on: what its assembly may name.</summary>
    public static IReadOnlySet<string> Closure(string project)
    {
        var all = new HashSet<string>();
        var next = new Stack<string>(MayReference[project]);
        while (next.TryPop(out var name))
        {
            if (all.Add(name))
            {
                Array.ForEach(MayReference[name], next.Push);
            }
        }

        return all;
    }

    public static string AssemblyName(string project) => project == "Gatehouse.Cli" ? "gatehouse" : project;

    public static Assembly Load(string project) => Assembly.LoadFrom(AssemblyPath(project));

    /// <summary>Names of the assemblies it was compiled against and uses.</summary>
    public static IReadOnlyList<string> AssemblyReferences(string project)
    {
        using var file = new PEReader(File.OpenRead(AssemblyPath(project)));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static string AssemblyPath(string project) => Path.Combine(AppContext.BaseDirectory, AssemblyName(project) + ".dll");
}
