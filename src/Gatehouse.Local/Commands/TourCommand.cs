using System.CommandLine;
using System.Text.Json;
using Gatehouse.Local.Hosting;
using Gatehouse.Local.Reports;
using Gatehouse.Local.Tour;

namespace Gatehouse.Local.Commands;

/// <summary><c>tour</c>: everything, once, in under a minute.</summary>
internal static class TourCommand
{
    public static Command Create()
    {
        var (storage, json, verbose) = (CommonOptions.Storage(), CommonOptions.Json(), CommonOptions.Verbose());
        var command = new Command("tour", "Walk one image all the way in, keep three out, move a tag, lose a region, verify the ledger.") { storage, json, verbose };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new LocalOptions { Storage = parsed.GetValue(storage), Verbose = parsed.GetValue(verbose) },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(LocalOptions options, bool json, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var console = RunConsole.Create(json);
        var steps = new RunSteps(console, clock);
        LocalEstate? estate = null;
        TourScript? script = null;
        try
        {
            var ok = await steps.RunAsync([new RunStep("start", "Start an upstream, two registries in four regions, a scanner and the Function app", StartAsync)], TourScript.StepCount, cancellationToken)
                && await steps.RunAsync(script!.Steps, TourScript.StepCount, cancellationToken);
            Finish(console, steps, script, ok, json);
            return ok ? 0 : 1;
        }
        finally
        {
            if (estate is not null)
            {
                await estate.DisposeAsync();
            }
        }

        async Task StartAsync(CancellationToken token)
        {
            estate = await LocalEstate.StartAsync(options, token);
            script = new TourScript(estate, console, clock);
            var scopes = await SamplePolicies.ApplyAsync(estate.As(LocalPeople.Paula), null, token);
            await estate.PushSamplesAsync(token);
            console.Say($"API {estate.AppUri}  upstream {estate.UpstreamHost}  records in {estate.StoragePlace}  policies for {string.Join(", ", scopes)}");
        }
    }

    private static void Finish(RunConsole console, RunSteps steps, TourScript? script, bool ok, bool json)
    {
        var report = script?.Report(steps.Done) ?? new RunReport(steps.Done, [], [], null);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.RunReport));
        }

        RunSummary.Show(console, report, ok);
    }
}
