using System.Text;
using System.Text.Json;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Publishing;

/// <summary>One repository as ACR keeps it: tags and manifests with a lock each, behind a scripted server.</summary>
internal sealed class FakeRepository
{
    public const string Name = "mirror/nginx";

    private readonly Dictionary<string, byte[]> _content = [];
    private readonly Dictionary<string, Attributes> _manifests = [];
    private readonly Dictionary<string, (string Digest, Attributes Attributes)> _tags = [];

    /// <summary>Answers in place of the repository when it is not null.</summary>
    public Func<RecordedRequest, int?> Interfere { get; set; } = _ => null;

    /// <summary>Aborts the connection after the request has taken effect, once for each request that is chosen.</summary>
    public Func<RecordedRequest, bool> AbortsAfter { get; set; } = _ => false;

    /// <summary>Whether a manifest's subject is acknowledged.</summary>
    public bool SeesSubjects { get; set; } = true;

    /// <summary>What was said of quarantine, by digest.</summary>
    public Dictionary<string, string> Quarantine { get; } = [];

    public IReadOnlyDictionary<string, byte[]> Content => _content;

    /// <summary>As when an older state of another region arrives right after each PATCH.</summary>
    public bool LosesLocks { get; set; }

    /// <summary>A manifest that may not be written takes no new tag.</summary>
    public bool RefusesTagsOnLockedManifests { get; set; }

    public ScriptStep Step => new("*", "*") { Answer = request => Answer(request) is var answer && AbortsAfter(request) ? answer with { Fail = true } : answer };

    public Digest AddManifest(string name, bool locked = false)
    {
        var bytes = Encoding.UTF8.GetBytes(
            $$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}",
             "config":{"mediaType":"{{{MediaTypes.OciConfig}}}","digest":"{{{Digest.OfBytes("{}"u8)}}}","size":2},"layers":[],"annotations":{"name":"{{{name}}}"}}
            """);
        var digest = Digest.OfBytes(bytes);
        _content[digest.ToString()] = bytes;
        _manifests[digest.ToString()] = new Attributes(!locked, !locked);
        return digest;
    }

    public void SetTag(string tag, Digest digest, bool locked) => _tags[tag] = (digest.ToString(), new Attributes(!locked, !locked));

    public (string Digest, bool Locked)? Tag(string tag) => _tags.TryGetValue(tag, out var found) ? (found.Digest, found.Attributes.IsLocked) : null;

    public bool IsLocked(Digest digest) => _manifests[digest.ToString()].IsLocked;

    private static ScriptStep Reply(int status, string body = "", params (string, string)[] headers) =>
        new("*", "*") { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = headers };

    private static ScriptStep Error(int status, string code) => Reply(status, $$"""{"errors":[{"code":"{{code}}","message":"no"}]}""");

    private static string Row(string digest, Attributes attributes) =>
        $$$"""{"digest":"{{{digest}}}","changeableAttributes":{"writeEnabled":{{{Text(attributes.Write)}}},"deleteEnabled":{{{Text(attributes.Delete)}}}}}""";

    private static string Text(bool value) => value ? "true" : "false";

    private ScriptStep Answer(RecordedRequest request)
    {
        if (Interfere(request) is { } status)
        {
            return Error(status, "INTERFERED") with { Headers = [("Retry-After", "11")] };
        }

        var name = request.Path[(request.Path.LastIndexOf('/') + 1)..];
        return request.Path switch
        {
            _ when request.Path.StartsWith($"/acr/v1/{Name}/_tags/", StringComparison.Ordinal) => OnTag(request, name),
            _ when request.Path.StartsWith($"/acr/v1/{Name}/_manifests/", StringComparison.Ordinal) => OnManifest(request, name),
            _ when request.Path.StartsWith($"/v2/{Name}/manifests/", StringComparison.Ordinal) => OnContent(request, name),

            // Blobs are there already; uploads are tried on the emulator.
            _ when request.Path.StartsWith($"/v2/{Name}/blobs/", StringComparison.Ordinal) && request.Method == "HEAD" => Reply(200),
            _ => Reply(501),
        };
    }

    private ScriptStep OnTag(RecordedRequest request, string tag)
    {
        if (!_tags.TryGetValue(tag, out var found))
        {
            return Error(404, "TAG_UNKNOWN");
        }

        if (request.Method == "PATCH" && !LosesLocks)
        {
            _tags[tag] = found = (found.Digest, found.Attributes.Patch(request));
        }

        return Reply(200, $$"""{"registry":"x","tag":{{Row(found.Digest, found.Attributes)}}}""");
    }

    private ScriptStep OnManifest(RecordedRequest request, string digest)
    {
        if (!_manifests.TryGetValue(digest, out var found))
        {
            return Error(404, "MANIFEST_UNKNOWN");
        }

        if (request.Method == "PATCH")
        {
            _manifests[digest] = found = found.Patch(request);
            using var body = JsonDocument.Parse(request.Body);
            if (body.RootElement.TryGetProperty("quarantineState", out var state))
            {
                Quarantine[digest] = state.GetString()!;
            }
        }

        var quarantine = Quarantine.TryGetValue(digest, out var value) ? $",\"quarantineState\":\"{value}\"" : string.Empty;
        return Reply(200, "{\"registry\":\"x\",\"manifest\":" + Row(digest, found)[..^1] + quarantine + "}}");
    }

    private ScriptStep OnContent(RecordedRequest request, string reference)
    {
        if (request.Method == "GET" && !_content.ContainsKey(reference))
        {
            return Error(404, "MANIFEST_UNKNOWN");
        }

        if (request.Method == "GET")
        {
            return Reply(200, Encoding.UTF8.GetString(_content[reference]), ("Content-Type", MediaTypes.OciManifest), ("Docker-Content-Digest", reference));
        }

        var digest = Digest.OfBytes(request.Body.Span).ToString();
        if ((_tags.TryGetValue(reference, out var tag) && !tag.Attributes.Write) || (RefusesTagsOnLockedManifests && !_manifests[digest].Write))
        {
            return Error(405, "UNSUPPORTED");
        }

        if (reference == digest)
        {
            _manifests.TryAdd(digest, new Attributes(true, true));
        }
        else
        {
            _tags[reference] = (digest, new Attributes(true, tag.Attributes?.Delete ?? true));
        }

        _content[digest] = request.Body.ToArray();
        (string, string)[] subject = SeesSubjects ? [("OCI-Subject", digest)] : [];
        return Reply(201, string.Empty, [("Docker-Content-Digest", digest), ("Location", $"/v2/{Name}/manifests/{digest}"), .. subject]);
    }

    private sealed record Attributes(bool Write, bool Delete)
    {
        public bool IsLocked => !Write && !Delete;

        public Attributes Patch(RecordedRequest request)
        {
            using var body = JsonDocument.Parse(request.Body);
            return new Attributes(Read(body, "writeEnabled") ?? Write, Read(body, "deleteEnabled") ?? Delete);
        }

        private static bool? Read(JsonDocument body, string name) => body.RootElement.TryGetProperty(name, out var value) ? value.GetBoolean() : null;
    }
}
