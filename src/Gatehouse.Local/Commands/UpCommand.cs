using System.CommandLine;
using System.Text.Json;
using Gatehouse.Local.Hosting;
using Gatehouse.Local.Reports;
using Gatehouse.Local.Samples;
using Gatehouse.Local.Tour;
using Spectre.Console;

namespace Gatehouse.Local.Commands;

/// <summary><c>up</c>: the estate, until Ctrl+C.</summary>
internal static class UpCommand
{
    private const int DefaultPort = 7071;

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port of the HTTP API; 0 for any.", DefaultValueFactory = _ => DefaultPort };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
            {
                result.AddError("--port must be from 0 to 65535.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Print the addresses and tokens as one JSON document on stdout." };
        var (data, storage, policies, verbose) = (CommonOptions.Data(), CommonOptions.Storage(), CommonOptions.Policies(), CommonOptions.Verbose());
        var command = new Command("up", "Start the estate and stay; with --data everything survives a restart.") { port, data, storage, policies, json, verbose };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new LocalOptions
            {
                Port = parsed.GetValue(port),
                DataDirectory = parsed.GetValue(data),
                Storage = parsed.GetValue(storage),
                PolicyDirectory = parsed.GetValue(policies),
                Verbose = parsed.GetValue(verbose),
            },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(LocalOptions options, bool json, CancellationToken cancellationToken)
    {
        var console = RunConsole.Create(json);
        try
        {
            await using var estate = await LocalEstate.StartAsync(options, cancellationToken);
            await FillAsync(estate, options, cancellationToken);
            if (json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(UpReport.Of(estate), ReportJson.Default.UpReport));
            }
            else
            {
                Welcome(console, estate);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.Say("Stopped.");
            return 0;
        }
        catch (Exception exception) when (Failures.IsTold(exception))
        {
            console.Bad(exception.Message);
            return 1;
        }
    }

    /// <summary>What a new data folder gets; an old one keeps what its users made of it.</summary>
    private static async Task FillAsync(LocalEstate estate, LocalOptions options, CancellationToken cancellationToken)
    {
        var paula = estate.As(LocalPeople.Paula);
        var fresh = await SamplePolicies.AreMissingAsync(paula, cancellationToken);
        await SamplePolicies.EnsureAsync(paula, options.PolicyDirectory, cancellationToken);
        if (fresh)
        {
            await estate.PushSamplesAsync(cancellationToken);
        }
    }

    private static void Welcome(RunConsole console, LocalEstate estate)
    {
        console.Ansi.MarkupLine("[bold green]Gatehouse is up.[/] Ctrl+C stops it.");
        var places = new Table().Border(TableBorder.Rounded).AddColumns("what", "where");
        places.AddRow("HTTP API", Markup.Escape(estate.AppUri.ToString()));
        places.AddRow("OpenAPI", Markup.Escape(new Uri(estate.AppUri, "/openapi/v1.json").ToString()));
        places.AddRow("Status page", Markup.Escape(new Uri(estate.AppUri, "/console").ToString()));
        places.AddRow("Upstream registry", Markup.Escape($"{estate.UpstreamHost}  e.g. {estate.UpstreamHost}/{SampleCatalog.Api}:{SampleCatalog.ApiTag}"));
        foreach (var registry in new[] { LocalEstate.Hub, LocalEstate.Edge }.Select(estate.Emulator.Registry))
        {
            places.AddRow($"{registry.Name}, global", Markup.Escape(registry.LoginServer));
            foreach (var replica in registry.Replicas)
            {
                places.AddRow($"{registry.Name}/{replica.Region}", Markup.Escape(replica.Endpoint));
            }
        }

        places.AddRow("Event topic", Markup.Escape(estate.Emulator.Topic(LocalEstate.Topic).Endpoint.ToString()));
        places.AddRow("Data", Markup.Escape(estate.DataDirectory));
        places.AddRow("Records and queues", Markup.Escape(estate.StoragePlace));
        console.Ansi.Write(places);
        console.Ansi.MarkupLine("Log in by sending one of these as [bold]Authorization: Bearer …[/] (valid for 12 h):");
        foreach (var person in LocalPeople.All)
        {
            // Plain lines, so that a token can be copied whole.
            console.Ansi.Profile.Out.Writer.WriteLine($"{person.Subject} ({string.Join(", ", person.Roles)}):");
            console.Ansi.Profile.Out.Writer.WriteLine($"  {estate.TokenFor(person)}");
        }
    }
}
