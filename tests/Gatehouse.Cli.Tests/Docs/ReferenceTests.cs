using System.CommandLine;
using System.CommandLine.Help;
using Gatehouse.Cli.Commands;
using Xunit;

namespace Gatehouse.Cli.Tests.Docs;

public sealed class ReferenceTests
{
    [Fact]
    public async Task Page_InTheRepository_IsTheOneTheCommandsWrite()
    {
        var run = (await new Cli().RunAsync("reference")).Exits(0);

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "cli.md")), run.Out);
    }

    [Fact]
    public void Symbols_OfEveryCommand_AreDescribed()
    {
        var all = Commands(Tree()).ToList();

        Assert.True(all.Count > 20);
        Assert.DoesNotContain(all.SelectMany(one => new Symbol[] { one }.Concat(one.Arguments).Concat(one.Options)), symbol => string.IsNullOrWhiteSpace(symbol.Description));
        Assert.All(all.SelectMany(one => one.Options).Where(one => one is not HelpOption and not VersionOption && one.ValueType != typeof(bool)), option => Assert.NotNull(option.HelpName));
    }

    [Fact]
    public void Write_ANewCommand_IsInThePage()
    {
        var root = Tree();
        root.Add(new Command("extra", "Something new.") { new Option<string>("--level") { Description = "How much.", HelpName = "N", Required = true } });

        Assert.Contains("## gatehouse extra\n\nSomething new.\n\n```\ngatehouse extra --level N\n```\n\n| | |\n|---|---|\n| `--level N` | How much. |\n", Reference.Write(root), StringComparison.Ordinal);
    }

    private static RootCommand Tree()
    {
        var options = new GlobalOptions();
        var environment = new CliEnvironment(TextWriter.Null, TextWriter.Null, null, _ => null, TimeProvider.System, (_, _) => Task.CompletedTask);
        return GatehouseCommand.Build(new CommandRunner(environment, options), options);
    }

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("No Functions.sln above " + AppContext.BaseDirectory);
    }
}
