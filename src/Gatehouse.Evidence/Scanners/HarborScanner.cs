using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Evidence.Reports;
using Gatehouse.Evidence.Reports.Formats;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Evidence.Scanners;

/// <summary>A scanner behind a Harbor adapter. Source: goharbor/pluggable-scanner-spec 1.1 and 1.2.</summary>
/// <remarks>Adapters read single images, so of an index every platform manifest is scanned, and the reports are united under the index digest.</remarks>
internal sealed class HarborScanner(ScannerOptions options, ReportReader reports, TimeProvider clock, ILogger<HarborScanner> log) : IScanner, IDisposable
{
    private const string RequestType = "application/vnd.scanner.adapter.scan.request+json";
    private const string ResponseType = "application/vnd.scanner.adapter.scan.response+json; version=1.0";
    private const string MetadataTypes =
        "application/vnd.scanner.adapter.metadata+json; version=1.1, application/vnd.scanner.adapter.metadata+json; version=1.0";

    private static readonly TimeSpan MetadataLifetime = TimeSpan.FromMinutes(5);

    private readonly ScannerTransport _transport = new(options);
    private volatile KnownAbilities? _abilities;

    public string Name => options.Name;

    public async Task<ScanProgress> SubmitAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (candidate.Platforms.Count == 0)
        {
            return new ScanProgress.Refused("the image has no platform manifest to scan");
        }

        var (abilities, problem) = await GetAbilitiesAsync(cancellationToken);
        if (abilities is null)
        {
            return problem!;
        }

        if (candidate.Platforms.FirstOrDefault(platform => !abilities.Consumes(platform.Manifest.MediaType)) is { } foreign)
        {
            return new ScanProgress.Refused($"{Name} does not read {foreign.Manifest.MediaType}, only {string.Join(", ", abilities.ConsumedTypes)}");
        }

        var scans = new List<(Digest, string)>();
        TimeSpan? retryAfter = null;
        foreach (var platform in candidate.Platforms.DistinctBy(platform => platform.Manifest.Digest))
        {
            using var body = Body(candidate, platform, abilities);
            var answer = await _transport.SendAsync(HttpMethod.Post, "/scan", ResponseType, body, cancellationToken);
            if (Id(answer) is not { } id)
            {
                return Refusal(answer);
            }

            scans.Add((platform.Manifest.Digest, id));
            retryAfter = answer.RetryAfter ?? retryAfter;
        }

        log.ScanSubmitted(Name, candidate.Digest, scans.Count);
        return new ScanProgress.Submitted(new ScanTicket(scans).ToString(), retryAfter);
    }

    public async Task<ScanProgress> PollAsync(Candidate candidate, string ticket, CancellationToken cancellationToken)
    {
        if (ScanTicket.Parse(ticket) is not { } scans)
        {
            return Lost($"'{ticket}' is no ticket of {Name}");
        }

        var parts = new List<ScanReport>();
        foreach (var (manifest, id) in scans.Scans)
        {
            var answer = await _transport.SendAsync(HttpMethod.Get, $"/scan/{Uri.EscapeDataString(id)}/report", HarborFormats.Accept, null, cancellationToken);
            if (answer.Status == HttpStatusCode.Redirect)
            {
                return new ScanProgress.Submitted(ticket, answer.RetryAfter);
            }

            if (!answer.IsSuccess)
            {
                return Unfinished(answer);
            }

            if (!reports.Read(answer.Body, answer.ContentType, Name).TryGet(out var report, out var error))
            {
                return Lost($"the report on {manifest} cannot be read: {error.Message}");
            }

            if (report.Artifact is { } about && about != manifest)
            {
                return Lost($"the report asked for on {manifest} is on {about}");
            }

            parts.Add(report);
        }

        var united = ReportUnion.Of(candidate.Digest, parts);
        if (united.Findings.Count > ReportReader.MaxFindings)
        {
            return new ScanProgress.Refused($"the reports on all platforms have more than {ReportReader.MaxFindings} findings together");
        }

        log.ScanReported(Name, candidate.Digest, united.Findings.Count);
        return new ScanProgress.Reported(united);
    }

    public void Dispose() => _transport.Dispose();

    private static string? Id(ScannerAnswer answer) =>
        answer.IsSuccess && Parse(answer, ScanWireJson.Default.ScanResponse)?.Id is { Length: > 0 and <= ScanTicket.MaxIdLength } id ? id : null;

    private static T? Parse<T>(ScannerAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What went wrong, in the adapter's words where it has some.</summary>
    private static string Reason(ScannerAnswer answer)
    {
        const int longest = 512;
        if (answer.Fault is { } fault)
        {
            return fault;
        }

        var message = Parse(answer, ScanWireJson.Default.ScannerErrorBody)?.Error?.Message;
        return string.IsNullOrWhiteSpace(message)
            ? $"it answered {(int)answer.Status}"
            : $"it answered {(int)answer.Status}: {message[..Math.Min(message.Length, longest)]}";
    }

    private ByteArrayContent Body(Candidate candidate, PlatformImage platform, Abilities abilities)
    {
        var request = new ScanRequest(
            new ScanRegistry(RegistryUrl(candidate.Source.Registry), options.RegistryAuthorization ?? string.Empty),
            new ScanArtifact(candidate.Source.Repository, platform.Manifest.Digest.ToString(), candidate.Source.Tag, platform.Manifest.MediaType),
            abilities.IsTyped ? [new ScanCapability(Abilities.Vulnerability, abilities.ProducedTypes)] : null);
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, ScanWireJson.Default.ScanRequest));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"{RequestType}; version={(abilities.IsTyped ? "1.1" : "1.0")}");
        return content;
    }

    /// <summary>Docker Hub's API has another host than its images' names.</summary>
    private string RegistryUrl(string registry) => options.RegistryUrlOverride?.TrimEnd('/')
        ?? (registry == ImageReference.DockerHub ? "https://registry-1.docker.io"
            : new Uri($"https://{registry}").IsLoopback ? $"http://{registry}"
            : $"https://{registry}");

    private async Task<(Abilities? Abilities, ScanProgress? Problem)> GetAbilitiesAsync(CancellationToken cancellationToken)
    {
        if (_abilities is { } known && clock.GetUtcNow() < known.Until)
        {
            return (known.Abilities, null);
        }

        var answer = await _transport.SendAsync(HttpMethod.Get, "/metadata", MetadataTypes, null, cancellationToken);
        if (!answer.IsSuccess)
        {
            return (null, Away($"{Name} does not say what it can do: {Reason(answer)}", answer.RetryAfter));
        }

        if (Abilities.Of(Parse(answer, ScanWireJson.Default.ScannerMetadata)) is not { } abilities)
        {
            return (null, Away($"{Name} offers no vulnerability report in a format read here ({HarborFormats.Accept})", null));
        }

        _abilities = new KnownAbilities(abilities, clock.GetUtcNow() + MetadataLifetime);
        return (abilities, null);
    }

    private ScanProgress Refusal(ScannerAnswer answer) => answer switch
    {
        { Fault: null, Status: HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotImplemented } =>
            new ScanProgress.Refused($"{Name} refuses the image: {Reason(answer)}"),
        { IsSuccess: true } => Away($"{Name} accepted a scan without giving it an id of 1 to {ScanTicket.MaxIdLength} characters", answer.RetryAfter),
        _ => Away($"{Name} took no scan: {Reason(answer)}", answer.RetryAfter),
    };

    /// <summary>404: the adapter has forgotten the scan. 500: the scan itself failed, and stays failed. Anything else may pass.</summary>
    private ScanProgress.Unavailable Unfinished(ScannerAnswer answer) => answer is { Fault: null, Status: HttpStatusCode.NotFound or HttpStatusCode.InternalServerError }
        ? Lost($"{Name} has no report: {Reason(answer)}")
        : Away($"{Name} gave no report: {Reason(answer)}", answer.RetryAfter);

    private ScanProgress.Unavailable Away(string reason, TimeSpan? retryAfter)
    {
        log.ScannerUnavailable(Name, reason);
        return new ScanProgress.Unavailable(reason, retryAfter);
    }

    private ScanProgress.Unavailable Lost(string reason)
    {
        log.ScanLost(Name, reason);
        return new ScanProgress.Unavailable(reason, null, TicketLost: true);
    }

    private sealed record KnownAbilities(Abilities Abilities, DateTimeOffset Until);
}
