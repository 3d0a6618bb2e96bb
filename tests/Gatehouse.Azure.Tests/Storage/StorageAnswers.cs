using System.Text;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Storage;

/// <summary>Answers as Table and Queue storage write them. Source: Table and Queue service REST API, "Status and error codes".</summary>
internal static class StorageAnswers
{
    public const string Etag = "W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\"";

    public static string JsonError(string code, string message = "Why.") =>
        $"{{\"odata.error\":{{\"code\":\"{code}\",\"message\":{{\"lang\":\"en-US\",\"value\":\"{message}\\nRequestId:0d3c3a3f\\nTime:2026-03-01T12:00:00.0000000Z\"}}}}}}";

    public static ScriptStep Refuse(string method, string path, int status, string code, params (string Name, string Value)[] headers) => new(method, path)
    {
        Status = status,
        Headers = [("Content-Type", "application/json;odata=minimalmetadata"), ("x-ms-request-id", "0d3c3a3f"), .. headers],
        Body = Encoding.UTF8.GetBytes(JsonError(code)),
    };

    public static ScriptStep RefuseXml(string method, string path, int status, string code, params (string Name, string Value)[] headers) => new(method, path)
    {
        Status = status,
        Headers = [("Content-Type", "application/xml"), ("x-ms-request-id", "0d3c3a3f"), .. headers],
        Body = Encoding.UTF8.GetBytes($"\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>Why.\nRequestId:0d3c3a3f</Message></Error>"),
    };

    /// <summary>A batch is answered 202, whatever became of it.</summary>
    public static ScriptStep Batch(string parts) => new("POST", "/$batch")
    {
        Status = 202,
        Headers = [("Content-Type", "multipart/mixed; boundary=batchresponse_b")],
        Body = Encoding.UTF8.GetBytes(
            $"--batchresponse_b\r\nContent-Type: multipart/mixed; boundary=changesetresponse_c\r\n\r\n--changesetresponse_c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{parts}\r\n--changesetresponse_c--\r\n--batchresponse_b--\r\n"),
    };

    public static string RefusedPart(int status, string code, string message) =>
        $"HTTP/1.1 {status} Refused\r\nX-Content-Type-Options: nosniff\r\nDataServiceVersion: 3.0;\r\nContent-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8\r\n\r\n{JsonError(code, message)}\r\n";

    public static string Entity(string row, string writeId, string etag = Etag) =>
        $$"""{"odata.etag":"{{etag.Replace("\"", "\\\"", StringComparison.Ordinal)}}","PartitionKey":"p","RowKey":"{{row}}","w":"{{writeId}}"}""";
}
