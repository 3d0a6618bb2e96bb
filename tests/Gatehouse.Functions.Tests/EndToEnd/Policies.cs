namespace Gatehouse.Functions.Tests.EndToEnd;

internal static class Policies
{
    /// <summary>Forbids <c>untrusted/</c>, takes nothing critical, and wants a second person.</summary>
    public const string Contoso = """
        apiVersion: gatehouse/v1
        kind: Policy
        scope: contoso
        rules:
          sources:
            allow: ["127.0.0.1:*/**"]
            deny: ["127.0.0.1:*/untrusted/**"]
          vulnerabilities:
            maxSeverity: high
            scanners: [test-scanner]
          approval:
            required: 1
            separationOfDuties: true
        """;
}
