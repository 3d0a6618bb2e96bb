using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Local.Api;
using Gatehouse.Local.Hosting;
using Gatehouse.Local.Reports;
using Gatehouse.Local.Tour;

namespace Gatehouse.Local.Admitting;

/// <summary>Brings one image in: requested by one person, approved by another, by the same workflow as everywhere.</summary>
internal sealed class AdmitRun(LocalOptions options, bool json)
{
    private const int Released = 0;
    private const int Failed = 1;
    private const int Refused = 2;
    private const int StepCount = 7;

    private static readonly TimeSpan JudgeLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromMinutes(60);

    private readonly RunConsole _console = RunConsole.Create(json);
    private LocalEstate? _estate;
    private ImageSource? _source;
    private JsonNode? _intake;
    private LedgerReport? _ledger;

    public async Task<int> RunAsync(string image, string scope, bool keep, CancellationToken cancellationToken)
    {
        var steps = new RunSteps(_console, TimeProvider.System);
        try
        {
            var ok = await steps.RunAsync(
                [
                    new RunStep("read", $"Read {image}", token => ReadAsync(image, token)),
                    new RunStep("start", "Start the local estate", StartAsync),
                    new RunStep("request", $"Request {image} for {scope}", token => RequestAsync(scope, token)),
                    new RunStep("judge", "Resolve, scan and judge", JudgeAsync),
                ],
                StepCount,
                cancellationToken);
            if (ok && State == "AwaitingApproval")
            {
                ok = await steps.RunAsync([new RunStep("approve", "Approve, as another person", ApproveAsync)], StepCount, cancellationToken);
            }

            ok = ok && (IsRefused || await steps.RunAsync([new RunStep("release", "Import, prove in every region, release", ReleaseAsync)], StepCount, cancellationToken));
            ok = ok && await steps.RunAsync([new RunStep("ledger", "Verify the ledger", VerifyLedgerAsync)], StepCount, cancellationToken);
            Report(steps.Done, ok);
            if (ok && !IsRefused && keep)
            {
                _console.Say("The estate stays up; Ctrl+C stops it.");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return !ok ? Failed : IsRefused ? Refused : Released;
        }
        catch (OperationCanceledException) when (State == "Released")
        {
            return Released;
        }
        finally
        {
            if (_estate is not null)
            {
                await _estate.DisposeAsync();
            }
        }
    }

    private string? State => _intake is null ? null : Waiting.StateOf(_intake);

    /// <summary>Refused outright, or blocked for good because what policy wants to know cannot be known here.</summary>
    private bool IsRefused => State is "Refused" or "Assessing";

    private GatehouseApi Rita => _estate!.As(LocalPeople.Rita);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _estate = await LocalEstate.StartAsync(options, cancellationToken);
        await SamplePolicies.EnsureAsync(_estate.As(LocalPeople.Paula), options.PolicyDirectory, cancellationToken);
        _console.Say($"API {_estate.AppUri}");
    }

    private async Task ReadAsync(string image, CancellationToken cancellationToken)
    {
        if (!(await ImageSource.ReadAsync(image, cancellationToken)).TryGet(out _source, out var error))
        {
            throw new StepFailedException(error.Message);
        }
    }

    private async Task RequestAsync(string scope, CancellationToken cancellationToken)
    {
        if (!(await _source!.PublishAsync(_estate!, cancellationToken)).TryGet(out var image, out var error))
        {
            throw new StepFailedException(error.Message);
        }

        _intake = await Rita.RequestAsync(image.ToString(), scope, cancellationToken);
        _console.Say($"intake {_intake["id"]} for {image}");
    }

    private async Task JudgeAsync(CancellationToken cancellationToken)
    {
        _intake = await Waiting.ForAsync(
            token => Rita.IntakeAsync(Id, token),
            IsJudged,
            "a verdict",
            JudgeLimit,
            TimeProvider.System,
            cancellationToken);
        if (_intake["duplicateOf"]?.GetValue<string>() is { } standing)
        {
            _console.Say($"intake {standing} already stands for this image");
            _intake = await Rita.ForIntakeAsync(standing, state => state is "AwaitingApproval" or "Released" or "Refused" or "Faulted", JudgeLimit, TimeProvider.System, cancellationToken);
        }

        if (State == "Faulted")
        {
            throw new StepFailedException(_intake["reason"]?.GetValue<string>() ?? "faulted");
        }

        foreach (var rule in _intake["verdict"]?["rules"]?.AsArray() ?? [])
        {
            var line = $"{rule!["rule"]}: {rule["reason"]}";
            if (string.Equals(rule["outcome"]!.GetValue<string>(), "pass", StringComparison.OrdinalIgnoreCase))
            {
                _console.Good(line);
            }
            else
            {
                _console.Bad(line);
            }
        }
    }

    private async Task ApproveAsync(CancellationToken cancellationToken) =>
        _intake = await _estate!.As(LocalPeople.Adam).ApproveAsync(Id, "admitted by hand", cancellationToken);

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        _intake = await Rita.ForIntakeAsync(Id, state => state is "Released" or "Faulted", ReleaseLimit, TimeProvider.System, cancellationToken);
        if (State != "Released")
        {
            throw new StepFailedException(_intake["reason"]?.GetValue<string>() ?? "faulted");
        }
    }

    private async Task VerifyLedgerAsync(CancellationToken cancellationToken)
    {
        await _estate!.FireAsync("SealLedger", cancellationToken);
        _ledger = await LedgerReports.VerifyAsync(Rita, cancellationToken);
    }

    private void Report(IReadOnlyList<StepReport> steps, bool ok)
    {
        var released = State == "Released" ? new[] { IntakeReports.Released(_intake!) } : [];
        var refused = ok && IsRefused ? IntakeReports.Refused(_intake!).ToList() : [];
        var report = new RunReport(steps, released, refused, _ledger);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.RunReport));
        }

        RunSummary.Show(_console, report, ok);
    }

    private string Id => _intake!["id"]!.GetValue<string>();

    /// <summary>Every scanner has said its last word, and still something is unknown: waiting will not help.</summary>
    private static bool IsJudged(JsonNode intake) => Waiting.StateOf(intake) switch
    {
        "Assessing" => intake["verdict"] is not null && intake["scans"]!.AsArray().All(scan => scan!["settled"]!.GetValue<bool>()),
        "AwaitingApproval" or "Approved" or "Importing" or "Replicating" or "Released" or "Refused" or "Retired" or "Faulted" => true,
        _ => false,
    };
}
