using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

public sealed class ModuleTests
{
    public static TheoryData<string> Files => [.. BicepFile.All.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Parameters_OfEachFile_AreUsedAndDescribed(string name)
    {
        var file = BicepFile.Of(name);

        Assert.True(file.Parameters.Any() || file.Exports.Any(), $"{name} takes nothing and gives nothing.");
        Assert.All(file.Parameters, parameter => Assert.True(file.Uses(parameter), $"{name}: {parameter} is used nowhere."));
        Assert.All(file.Parameters, parameter => Assert.True(IsDescribed(file, parameter), $"{name}: {parameter} has no @description."));
    }

    [Fact]
    public void Modules_EachFile_IsUsedByAnother()
    {
        var text = string.Join('\n', BicepFile.All.SelectMany(file => file.Lines));

        Assert.All(
            BicepFile.All.Where(file => file.Name != "main.bicep" && !file.Exports.Any()),
            file => Assert.Contains($"{file.Name.Replace("modules/", string.Empty, StringComparison.Ordinal)}' = ", text, StringComparison.Ordinal));
    }

    /// <summary>A file that exports makes nothing, so what it has is imported by name elsewhere, or with all the rest.</summary>
    [Fact]
    public void Exports_Each_AreImportedAndUsed()
    {
        Assert.NotEmpty(BicepFile.All.SelectMany(file => file.Exports));
        foreach (var file in BicepFile.All.Where(file => file.Exports.Any()))
        {
            Assert.Empty(file.Resources);
            var others = BicepFile.All.Where(other => other != file && other.Imports(file)).ToList();
            Assert.All(file.Exports, name => Assert.True(others.Exists(other => other.Uses(name)), $"{file.Name}: {name} is used nowhere."));
        }
    }

    /// <summary>Decorators stand in one run of lines above the parameter.</summary>
    private static bool IsDescribed(BicepFile file, string parameter) => file.Lines
        .Take(file.Line($"param {parameter} "))
        .Reverse()
        .TakeWhile(line => line.Length > 0)
        .Any(line => line.StartsWith("@description('", StringComparison.Ordinal));
}
