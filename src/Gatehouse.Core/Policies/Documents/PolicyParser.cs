using System.Text;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Documents;

/// <summary>Reads policy documents. Takes any text and never throws; the error lists everything that is wrong. Reference: docs/policy.md.</summary>
internal static class PolicyParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="scope">The scope the document is applied to; it must name the same.</param>
    public static Result<PolicyDocument> Parse(string text, Scope scope)
    {
        if (CheckText(text, scope) is { } unreadable)
        {
            return unreadable;
        }

        var problems = new Problems();
        var document = YamlTreeReader.Read(text, problems) is { } root ? ReadRoot(root, scope, problems) : null;
        return document is null || problems.Any
            ? problems.ToError("policy-malformed", ErrorKind.Invalid, $"The policy of {scope}")
            : document;
    }

    private static Error? CheckText(string text, Scope scope)
    {
        try
        {
            var bytes = StrictUtf8.GetByteCount(text);
            return bytes <= PolicyLimits.MaxDocumentBytes
                ? null
                : new Error(ErrorKind.TooLarge, "policy-too-large", $"The policy of {scope} has {bytes} bytes; at most {PolicyLimits.MaxDocumentBytes} are taken.");
        }
        catch (EncoderFallbackException)
        {
            return new Error(ErrorKind.Invalid, "policy-malformed", $"The policy of {scope} is not valid Unicode text.");
        }
    }

    private static PolicyDocument? ReadRoot(YamlNode root, Scope scope, Problems problems)
    {
        var section = Section.Open(root, string.Empty, problems, "apiVersion", "kind", "scope", "description", "rules");
        if (section is null)
        {
            return null;
        }

        Demand(section, "apiVersion", PolicyDocument.ApiVersion, problems);
        Demand(section, "kind", PolicyDocument.Kind, problems);
        CheckScope(section, scope, problems);
        var description = section.FindText("description");
        if (description?.Value.Length > PolicyLimits.MaxDescriptionLength)
        {
            problems.Add("description", description.Line, $"it has {description.Value.Length} characters; at most {PolicyLimits.MaxDescriptionLength} are taken");
        }

        if (section.Find("rules") is not { } rules)
        {
            problems.Add("rules", root.Line, "the key is missing; a policy without rules is written 'rules: {}'");
            return null;
        }

        return new PolicyDocument(scope, description?.Value, RuleReader.Read(rules.Value, scope, problems));
    }

    private static void Demand(Section section, string key, string wanted, Problems problems)
    {
        if (section.Find(key) is null)
        {
            problems.Add(key, 1, $"the key is missing; write '{key}: {wanted}'");
        }

        section.FindValue(key, (YamlText text, out string value) => (value = text.Value) == wanted, "known here", wanted);
    }

    private static void CheckScope(Section section, Scope scope, Problems problems)
    {
        if (section.Find("scope") is null)
        {
            problems.Add("scope", 1, $"the key is missing; write 'scope: {scope}'");
        }
        else if (section.FindText("scope") is { } text && text.Value != scope.Path)
        {
            problems.Add("scope", text.Line, $"the document says it is for {Problems.Show(text.Value)}, but is applied to '{scope}'", scope.Path);
        }
    }
}
