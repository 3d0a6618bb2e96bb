using Gatehouse.Core.Policies;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Api.Intakes;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Policies;

/// <param name="Warnings">Documents below this scope that ask for less than it now does.</param>
internal sealed record PolicyDocument(string Scope, int Version, ActorDocument AppliedBy, DateTimeOffset AppliedAt, IReadOnlyList<string> Warnings);

internal sealed record PolicyListDocument(IReadOnlyList<PolicyDocument> Policies);

/// <summary><c>/api/policies</c>: one YAML document a scope.</summary>
internal static class PolicyEndpoints
{
    public const string Yaml = "text/yaml";

    private static readonly string[] YamlTypes = ["application/yaml", "application/x-yaml", "text/x-yaml"];

    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/policies", ListAsync).RequireAuthorization(Access.Read)
            .Produces<PolicyListDocument>()
            .Describe("ListPolicies", "Every scope that has a policy document.");
        routes.MapGet("/api/policies/{*scope}", GetAsync).RequireAuthorization(Access.Read)
            .Produces<string>(200, Yaml)
            .Describe("GetPolicy", "A scope's document exactly as applied, with its ETag.", 400, 404);
        routes.MapPut("/api/policies/{*scope}", ApplyAsync).RequireAuthorization(Access.ManagePolicies)
            .Accepts<string>(Yaml, YamlTypes).Produces<PolicyDocument>()
            .Describe("ApplyPolicy", "Applies a document; If-Match makes it conditional. A child may only tighten.", 400, 409, 412, 413, 415);
    }

    private static async Task<IResult> ListAsync([FromServices] IPolicyStore policies, CancellationToken cancellationToken) =>
        Results.Json(new PolicyListDocument([.. (await policies.ListAsync(cancellationToken)).Select(ToDocument)]), ApiJson.Default.PolicyListDocument);

    private static async Task<IResult> GetAsync(string scope, HttpContext http, [FromServices] IPolicyStore policies, CancellationToken cancellationToken)
    {
        if (!Scope.Parse(scope).TryGet(out var parsed, out var error) || !(await policies.GetAsync(parsed, cancellationToken)).TryGet(out var policy, out error))
        {
            return error.ToProblem();
        }

        ETags.Set(http.Response, policy.ETag);
        return Results.Text(policy.Yaml, Yaml, System.Text.Encoding.UTF8);
    }

    private static async Task<IResult> ApplyAsync(string scope, HttpContext http, [FromServices] IPolicyStore policies, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(scope, http, cancellationToken)).TryGet(out var input, out var error)
            || !(await policies.ApplyAsync(input.Scope, input.Text, http.User.Actor(), input.IfMatch, cancellationToken)).TryGet(out var policy, out error))
        {
            return error.ToProblem();
        }

        ETags.Set(http.Response, policy.ETag);
        return Results.Json(ToDocument(policy), ApiJson.Default.PolicyDocument);
    }

    private static async Task<Result<(Scope Scope, string Text, string? IfMatch)>> ReadAsync(string text, HttpContext http, CancellationToken cancellationToken)
    {
        if (!Scope.Parse(text).TryGet(out var scope, out var error) || !ETags.ReadIfMatch(http.Request).TryGet(out var ifMatch, out error))
        {
            return error;
        }

        return http.User.Lacks(scope, Roles.PolicyAdmin) is { } lacks
            ? lacks
            : (await RequestBody.ReadTextAsync(http.Request, cancellationToken)).Map(yaml => (scope, yaml, ifMatch.Value));
    }

    private static PolicyDocument ToDocument(AppliedPolicy policy) =>
        new(policy.Scope.Path, policy.Version, policy.AppliedBy.ToDocument(), policy.AppliedAt, policy.Warnings);
}
