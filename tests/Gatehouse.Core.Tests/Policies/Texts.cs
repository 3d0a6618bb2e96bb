using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Policies.Rules;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Tests.Policies;

/// <summary>Policy documents from what stands under <c>rules</c>.</summary>
internal static class Texts
{
    public static readonly Scope Contoso = Scope.Parse("contoso").Value;

    public static readonly Scope Payments = Scope.Parse("contoso/payments").Value;

    /// <summary>A document whose first rule stands in line 5.</summary>
    public static string Document(Scope scope, string rules) =>
        $"apiVersion: gatehouse/v1\nkind: Policy\nscope: {scope}\nrules:\n" + string.Concat(rules.Split('\n').Select(line => $"  {line}\n"));

    public static PolicyDocument Parse(Scope scope, string rules) => PolicyParser.Parse(Document(scope, rules), scope).Value;

    public static RuleSet Rules(string rules) => Parse(Contoso, rules).Rules;

    public static EffectivePolicy Effective(params IEnumerable<RuleSet> fromRoot) =>
        new(Contoso, Composer.Compose(fromRoot), "contoso@1", PolicyRules.All);
}
