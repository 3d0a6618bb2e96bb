using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Local.Scanning;

/// <summary>A scanner adapter in process: speaks the Harbor pluggable scanner API on loopback and really reads the images it is asked about.</summary>
internal sealed class SampleScanner : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ScanJobs _jobs;

    private SampleScanner(WebApplication app, ScanJobs jobs) => (_app, _jobs) = (app, jobs);

    /// <summary>Base URL of the adapter, without <c>/api/v1</c>.</summary>
    public string Url => _app.Urls.First();

    public static async Task<SampleScanner> StartAsync(ScanJobs jobs, CancellationToken cancellationToken)
    {
        var app = LoopbackApp.Build();
        var scanner = new SampleScanner(app, jobs);
        app.Run(scanner.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return scanner;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _jobs.Dispose();
    }

    private Task AnswerAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value?.Split('/')) switch
    {
        ("GET", ["", "api", "v1", "metadata"]) => MetadataAsync(context.Response),
        ("POST", ["", "api", "v1", "scan"]) => ScanAsync(context),
        ("GET", ["", "api", "v1", "scan", var id, "report"]) => ReportAsync(context.Response, id),
        _ => ErrorAsync(context.Response, StatusCodes.Status404NotFound, "There is no such endpoint."),
    };

    private static Task MetadataAsync(HttpResponse response) => WriteAsync(
        response,
        StatusCodes.Status200OK,
        "application/vnd.scanner.adapter.metadata+json; version=1.1",
        writer =>
        {
            HarborReport.WriteScanner(writer);
            writer.WriteStartArray("capabilities");
            writer.WriteStartObject();
            writer.WriteString("type", "vulnerability");
            WriteList(writer, "consumes_mime_types", MediaTypes.AcceptedManifests);
            WriteList(writer, "produces_mime_types", [HarborReport.MediaType]);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteStartObject("properties");
            writer.WriteString("harbor.scanner-adapter/scanner-type", "os-package-vulnerability");
            writer.WriteEndObject();
        });

    private async Task ScanAsync(HttpContext context)
    {
        try
        {
            using var request = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var url = new Uri(request.RootElement.GetProperty("registry").GetProperty("url").GetString()!);
            var artifact = request.RootElement.GetProperty("artifact");
            var digest = Digest.Parse(artifact.GetProperty("digest").GetString());
            if (!digest.IsOk)
            {
                await ErrorAsync(context.Response, StatusCodes.Status422UnprocessableEntity, digest.Error.Message);
                return;
            }

            var job = _jobs.Start(url.Authority, artifact.GetProperty("repository").GetString()!, digest.Value);
            await WriteAsync(
                context.Response,
                StatusCodes.Status202Accepted,
                "application/vnd.scanner.adapter.scan.response+json; version=1.0",
                writer => writer.WriteString("id", job.Id));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or UriFormatException or InvalidOperationException)
        {
            await ErrorAsync(context.Response, StatusCodes.Status400BadRequest, $"The scan request cannot be read: {exception.Message}");
        }
    }

    private async Task ReportAsync(HttpResponse response, string id)
    {
        if (_jobs.Find(id) is not { } job)
        {
            await ErrorAsync(response, StatusCodes.Status404NotFound, $"There is no scan '{id}'.");
        }
        else if (!job.Work.IsCompleted)
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers["Refresh-After"] = "1";
        }
        else if (job.Work.IsCompletedSuccessfully)
        {
            response.ContentType = HarborReport.MediaType;
            await response.Body.WriteAsync(await job.Work);
        }
        else
        {
            await ErrorAsync(response, StatusCodes.Status500InternalServerError, job.Work.Exception?.GetBaseException().Message ?? "The scan was stopped.");
        }
    }

    private static Task ErrorAsync(HttpResponse response, int status, string message) => WriteAsync(
        response,
        status,
        "application/vnd.scanner.adapter.error+json; version=1.0",
        writer =>
        {
            writer.WriteStartObject("error");
            writer.WriteString("message", message);
            writer.WriteEndObject();
        });

    private static async Task WriteAsync(HttpResponse response, int status, string contentType, Action<Utf8JsonWriter> body)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            body(writer);
            writer.WriteEndObject();
        }

        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
