using Gatehouse.Functions.Composition;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Architecture.Tests.Configuration;

public sealed class ConfigurationTests
{
    /// <summary>Set to 1, it writes the document instead of checking it.</summary>
    private const string WriteVariable = "GATEHOUSE_WRITE_DOCS";

    public static TheoryData<string> TypedKeys => [.. ConfigurationKeys.All.Where(key => key.Type != "text").Select(key => key.Name)];

    [Fact]
    public void Configuration_Document_IsWhatTheOptionsSay()
    {
        var written = File.ReadAllText(ConfigurationDocument.FilePath).ReplaceLineEndings("\n");
        var right = ConfigurationDocument.Renew(written);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(ConfigurationDocument.FilePath, right);
            return;
        }

        var (were, are) = (written.Split('\n'), right.Split('\n'));
        Assert.True(
            written == right,
            $"""
            docs/configuration.md is not what the options say. Write it anew: {WriteVariable}=1 dotnet test tests/Gatehouse.Architecture.Tests
            - {string.Join("\n- ", were.Except(are))}
            + {string.Join("\n+ ", are.Except(were))}
            """);
    }

    [Fact]
    public void Configuration_EveryKey_HasAMeaningAndIsThereOnce()
    {
        Assert.NotEmpty(ConfigurationKeys.All);
        Assert.Distinct(ConfigurationKeys.All.Select(key => key.Name));
        Assert.All(ConfigurationKeys.All, key => Assert.False(string.IsNullOrEmpty(key.Meaning), $"{key.Name}: its property has no <summary>."));
    }

    [Theory]
    [InlineData("Gatehouse:Registry:Upstreams:<host>:Password")]
    [InlineData("Gatehouse:Scanners:0:Authorization:Secret")]
    [InlineData("Gatehouse:Scanners:0:RegistryAuthorization")]
    [InlineData("Gatehouse:Hooks:Kubernetes")]
    public void Configuration_Secret_IsMarked(string name) => Assert.True(Assert.Single(ConfigurationKeys.All, key => key.Name == name).Secret);

    /// <summary>Nothing is read that the document leaves out.</summary>
    [Fact]
    public void Configuration_OptionsThatAreBound_HaveASection()
    {
        var bound = Services([])
            .Select(service => service.ServiceType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(type => type.GetGenericArguments()[0])
            .Where(type => type.FullName!.StartsWith("Gatehouse.", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(bound);
        Assert.Subset(ConfigurationKeys.Options.ToHashSet(), bound.ToHashSet());
    }

    /// <summary>And what it names is read: a value of another type is refused by name.</summary>
    [Theory]
    [MemberData(nameof(TypedKeys))]
    public void Configuration_ValueOfAnotherType_IsRefusedByItsKey(string name)
    {
        using var provider = Services(new() { [name] = "another type" }).BuildServiceProvider();

        var refused = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains($"'{name}'", refused.Message, StringComparison.Ordinal);
    }

    private static ServiceCollection Services(Dictionary<string, string?> values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddLogging();
        services.AddGatehouse(configuration);
        return services;
    }
}
