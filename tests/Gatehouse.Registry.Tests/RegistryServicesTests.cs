using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.Registry.Resolving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Registry.Tests;

public sealed class RegistryServicesTests
{
    [Fact]
    public void Add_ToAHost_OffersFactoryAndResolver()
    {
        using var services = new ServiceCollection().AddLogging().AddGatehouseRegistry().AddGatehouseRegistry().BuildServiceProvider(validateScopes: true);
        Assert.IsType<ImageResolver>(services.GetRequiredService<IImageResolver>());
        var factory = services.GetRequiredService<IRegistryClientFactory>();
        Assert.Same(factory.Create("index.docker.io"), factory.Create("docker.io"));
        Assert.Equal("docker.io", factory.Create("registry-1.docker.io").Host);
        Assert.Throws<ArgumentException>(() => factory.Create("not a host"));
    }

    [Fact]
    public void Add_WrongOptions_FailWhenRead()
    {
        using var services = new ServiceCollection().AddLogging().AddGatehouseRegistry().Configure<RegistryOptions>(options => options.MaxPages = 0).BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IRegistryClientFactory>());
        Assert.Contains("Gatehouse:Registry:MaxPages", error.Message, StringComparison.Ordinal);
    }
}
