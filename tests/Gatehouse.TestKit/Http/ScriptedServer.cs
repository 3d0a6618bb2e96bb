using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.TestKit.Http;

/// <summary>
/// A real HTTP server on a free loopback port that follows a script: the first step that matches a request and has turns left
/// answers it. A request no step matches gets 501 and is listed in <see cref="Unexpected"/>.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(ScriptStep Step, int[] Used)> _steps = [];
    private readonly List<RecordedRequest> _requests = [];
    private readonly List<RecordedRequest> _unexpected = [];
    private readonly WebApplication _app;
    private string _state = string.Empty;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri BaseUri { get; private set; } = null!;

    /// <summary>Host and port, as image references name it.</summary>
    public string Host => BaseUri.Authority;

    public IReadOnlyList<RecordedRequest> Requests => Copy(_requests);

    public IReadOnlyList<RecordedRequest> Unexpected => Copy(_unexpected);

    public static Task<ScriptedServer> StartAsync(params ScriptStep[] steps) => StartAsync(null, steps);

    /// <param name="certificate">With its private key, to speak TLS; null for plain HTTP.</param>
    public static async Task<ScriptedServer> StartAsync(X509Certificate2? certificate, params ScriptStep[] steps)
    {
        var builder = TestApp.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var server = new ScriptedServer(app).Add(steps);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.BaseUri = new Uri(addresses.Addresses.Single());
        return server;
    }

    /// <summary>Appends steps, e.g. those that need the server's own address.</summary>
    public ScriptedServer Add(params ScriptStep[] steps)
    {
        lock (_gate)
        {
            _steps.AddRange(steps.Select(step => (step, new int[1])));
        }

        return this;
    }

    /// <summary>How many requests had this method and path (a trailing <c>*</c> as in steps).</summary>
    public int Count(string method, string path) => Requests.Count(request => Matches(method, path, request));

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static bool Matches(string method, string path, RecordedRequest request) =>
        (method == "*" || method == request.Method)
        && (path.EndsWith('*') ? request.Path.StartsWith(path[..^1], StringComparison.Ordinal) : request.Path == path);

    private IReadOnlyList<RecordedRequest> Copy(List<RecordedRequest> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await RecordAsync(context.Request);
        var step = Take(request);
        step = step.Answer?.Invoke(request) ?? step;
        if (step.Fail)
        {
            context.Abort();
            return;
        }

        await SendAsync(context, step, request.Method == "HEAD");
    }

    private ScriptStep Take(RecordedRequest request)
    {
        lock (_gate)
        {
            _requests.Add(request);
            foreach (var (step, used) in _steps)
            {
                if (Matches(step.Method, step.Path, request)
                    && (step.State is null || step.State == _state)
                    && (step.Times is null || used[0] < step.Times)
                    && (step.When is null || step.When(request)))
                {
                    used[0]++;
                    _state = step.NextState ?? _state;
                    return step;
                }
            }

            _unexpected.Add(request);
            return new ScriptStep(request.Method, request.Path) { Status = StatusCodes.Status501NotImplemented };
        }
    }

    private static async Task<RecordedRequest> RecordAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return new RecordedRequest(
            request.Method,
            request.Path.Value ?? string.Empty,
            request.QueryString.Value ?? string.Empty,
            request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value.AsEnumerable()), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
    }

    private static async Task SendAsync(HttpContext context, ScriptStep step, bool head)
    {
        var response = context.Response;
        response.StatusCode = step.Status;
        foreach (var (name, value) in step.Headers)
        {
            response.Headers.Append(name, value);
        }

        var bodiless = step.Status is 204 or 304;
        if (!step.Chunked && !bodiless && response.ContentLength is null)
        {
            response.ContentLength = step.Body.Length;
        }

        if (head || bodiless)
        {
            return;
        }

        await response.Body.WriteAsync(step.Body[..(step.FailAfter ?? step.Body.Length)]);
        await response.Body.FlushAsync();
        if (step.FailAfter is not null)
        {
            await (step.FailWhen ?? Task.CompletedTask);
            context.Abort();
        }
    }
}
