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

        Assert.NotEmpty(file.Parameters);
        Assert.All(file.Parameters, parameter => Assert.True(file.Uses(parameter), $"{name}: {parameter} is used nowhere."));
        Assert.All(file.Parameters, parameter => Assert.True(IsDescribed(file, parameter), $"{name}: {parameter} has no @description."));
    }

    [Fact]
    public void Modules_EachFile_IsUsedByAnother()
    {
        var text = string.Join('\n', BicepFile.All.SelectMany(file => file.Lines));

        Assert.All(
            BicepFile.All.Where(file => file.Name != "main.bicep"),
            file => Assert.Contains($"{file.Name.Replace("modules/", string.Empty, StringComparison.Ordinal)}' = ", text, StringComparison.Ordinal));
    }

    /// <summary>Decorators stand in one run of lines above the parameter.</summary>
    private static bool IsDescribed(BicepFile file, string parameter) => file.Lines
        .Take(file.Line($"param {parameter} "))
        .Reverse()
        .TakeWhile(line => line.Length > 0)
        .Any(line => line.StartsWith("@description('", StringComparison.Ordinal));
}
