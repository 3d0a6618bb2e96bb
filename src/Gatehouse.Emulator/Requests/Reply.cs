using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Requests;

/// <summary>Writes whole JSON answers.</summary>
internal static class Reply
{
    public const string Json = "application/json; charset=utf-8";

    public static async Task JsonAsync(HttpContext http, int status, Action<Utf8JsonWriter> body, string contentType = Json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            body(writer);
        }

        await BytesAsync(http, status, buffer.WrittenMemory, contentType);
    }

    /// <summary>A HEAD gets the headers only.</summary>
    public static async Task BytesAsync(HttpContext http, int status, ReadOnlyMemory<byte> body, string contentType)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    /// <summary>An OCI error envelope. Source: OCI distribution-spec, "Error codes"; ACR writes <paramref name="detail"/> as an array.</summary>
    public static Task ErrorAsync(HttpContext http, int status, string code, string message, Action<Utf8JsonWriter>? detail = null) =>
        JsonAsync(http, status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("errors");
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            writer.WritePropertyName("detail");
            if (detail is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                detail(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    public static Task EmptyAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentLength = status == StatusCodes.Status204NoContent ? null : 0;
        return Task.CompletedTask;
    }

    public static string? Query(this HttpContext http, string name) => http.Request.Query[name] is [{ } value, ..] ? value : null;
}
