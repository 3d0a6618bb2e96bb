using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Cli.Http;
using Gatehouse.Cli.Output;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Commands;

/// <summary>One command's run: where it asks and how it answers.</summary>
internal sealed class Session(ApiClient api, Printer printer, bool json, CliEnvironment environment)
{
    public ApiClient Api => api;

    public Printer Printer => printer;

    public bool Json => json;

    public CliEnvironment Environment => environment;

    public Task<Error?> ShowAsync<T>(string path, JsonTypeInfo<T> type, Action<Printer, T> view, CancellationToken cancellationToken)
        where T : class =>
        ShowAsync(HttpMethod.Get, path, null, type, view, cancellationToken);

    /// <summary>Sends, and prints the answer: as it came with --json, else by the view.</summary>
    public async Task<Error?> ShowAsync<T>(
        HttpMethod method,
        string path,
        Action<HttpRequestMessage>? prepare,
        JsonTypeInfo<T> type,
        Action<Printer, T> view,
        CancellationToken cancellationToken)
        where T : class
    {
        if (!(await AskAsync(method, path, prepare, type, cancellationToken)).TryGet(out var reply, out var error))
        {
            return error;
        }

        Show(reply, view);
        return null;
    }

    public async Task<Result<Reply<T>>> AskAsync<T>(
        HttpMethod method,
        string path,
        Action<HttpRequestMessage>? prepare,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
        where T : class =>
        (await api.SendAsync(method, path, prepare, cancellationToken)).Then(answer => Parse(answer, type));

    public void Show<T>(Reply<T> reply, Action<Printer, T> view)
    {
        if (json)
        {
            printer.Json(reply.Text);
        }
        else
        {
            view(printer, reply.Document);
        }
    }

    public static Action<HttpRequestMessage> WithJson<T>(T body, JsonTypeInfo<T> type) =>
        request => request.Content = Body(JsonSerializer.SerializeToUtf8Bytes(body, type), "application/json");

    public static ByteArrayContent Body(byte[] bytes, string contentType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    private static Result<Reply<T>> Parse<T>(ApiAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        if (answer.MediaType != "application/json")
        {
            return ApiErrors.NotUnderstood($"The server answered {answer.Status} with '{answer.MediaType ?? "nothing"}' instead of JSON.");
        }

        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) is { } document
                ? new Reply<T>(document, answer.Body)
                : ApiErrors.NotUnderstood("The server answered null.");
        }
        catch (JsonException exception)
        {
            return ApiErrors.NotUnderstood($"The server's answer is not the JSON expected ({exception.Message}).");
        }
    }
}

/// <param name="Text">The document as it came.</param>
internal sealed record Reply<T>(T Document, string Text);
