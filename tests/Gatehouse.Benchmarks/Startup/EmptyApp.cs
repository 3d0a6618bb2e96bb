namespace Gatehouse.Benchmarks.Startup;

/// <summary>The least an ASP.NET Core program can be, published as the Function app is; the argument <c>slim</c> chooses the smaller builder.</summary>
internal static class EmptyApp
{
    public const string Executable = "EmptyApp";

    public const string Slim = "slim";

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <InvariantGlobalization>true</InvariantGlobalization>
            <EnableRequestDelegateGenerator>true</EnableRequestDelegateGenerator>
            <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
            <SelfContained>true</SelfContained>
            <PublishReadyToRun>true</PublishReadyToRun>
            <PublishSingleFile>false</PublishSingleFile>
            <PublishTrimmed>false</PublishTrimmed>
            <ServerGarbageCollection>false</ServerGarbageCollection>
            <NoWarn>$(NoWarn);NU1603</NoWarn>
          </PropertyGroup>
        </Project>
        """;

    private const string Program = """
        var builder = args.Contains("slim") ? WebApplication.CreateSlimBuilder(args) : WebApplication.CreateBuilder(args);
        var app = builder.Build();
        app.MapGet("/", () => "Hello World!");
        app.Run();
        """;

    public static async Task<string> PublishAsync(string directory, CancellationToken cancellationToken)
    {
        var source = Directory.CreateDirectory(Path.Combine(directory, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, Executable + ".csproj"), Project, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(source, "Program.cs"), Program, cancellationToken);
        var output = Path.Combine(directory, "published");
        await Publishing.RunAsync(source, output, [], cancellationToken);
        return output;
    }
}
