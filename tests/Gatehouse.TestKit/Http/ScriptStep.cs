using System.Text;

namespace Gatehouse.TestKit.Http;

/// <summary>One line of a <see cref="ScriptedServer"/>'s script: which request it answers, and how.</summary>
/// <param name="Method"><c>*</c> answers any.</param>
/// <param name="Path">The path without query; a trailing <c>*</c> answers anything that starts so.</param>
public sealed record ScriptStep(string Method, string Path)
{
    /// <summary>A further condition on the request.</summary>
    public Func<RecordedRequest, bool>? When { get; init; }

    /// <summary>Applies only while the server is in this state; null in every state.</summary>
    public string? State { get; init; }

    /// <summary>The state after answering; null leaves it.</summary>
    public string? NextState { get; init; }

    /// <summary>How many requests it answers before the steps after it get their turn; null for all.</summary>
    public int? Times { get; init; }

    public int Status { get; init; } = 200;

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Computes the answer from the request; replaces status, headers and body.</summary>
    public Func<RecordedRequest, ScriptStep>? Answer { get; init; }

    /// <summary>Sends the body without Content-Length.</summary>
    public bool Chunked { get; init; }

    /// <summary>Aborts the connection instead of answering.</summary>
    public bool Fail { get; init; }

    /// <summary>Sends this many bytes of the body, then aborts the connection.</summary>
    public int? FailAfter { get; init; }

    /// <summary>What to wait for before aborting, so that the client has surely read what was sent.</summary>
    public Task? FailWhen { get; init; }

    public static ScriptStep Get(string path, string body, params (string Name, string Value)[] headers) =>
        new("GET", path) { Body = Encoding.UTF8.GetBytes(body), Headers = headers };

    public static ScriptStep Get(string path, ReadOnlyMemory<byte> body, params (string Name, string Value)[] headers) =>
        new("GET", path) { Body = body, Headers = headers };

    public static ScriptStep Reply(string method, string path, int status, params (string Name, string Value)[] headers) =>
        new(method, path) { Status = status, Headers = headers };
}

/// <param name="Query">With its question mark; empty when there is none.</param>
/// <param name="Headers">Names in any case; several values are joined with <c>, </c>.</param>
public sealed record RecordedRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string? Authorization => Header("Authorization");

    public override string ToString() => $"{Method} {Path}{Query}";
}
