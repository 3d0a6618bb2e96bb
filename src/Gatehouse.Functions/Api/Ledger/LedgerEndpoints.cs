using System.Security.Cryptography;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Ledger;

/// <summary><c>/api/ledger</c>: the signed log, and proofs about it.</summary>
internal static class LedgerEndpoints
{
    private const long DefaultEntries = 100;
    private const long MaxEntries = 1000;

    private static readonly Error Unsealed = new(ErrorKind.NotFound, "ledger-unsealed", "Nothing has been sealed yet; there is no checkpoint.");

    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/ledger/checkpoint", GetCheckpointAsync).RequireAuthorization(Access.Read)
            .Produces<CheckpointDocument>().Describe("GetCheckpoint", "The newest signed checkpoint.", 404);
        routes.MapGet("/api/ledger/entries", GetEntriesAsync).RequireAuthorization(Access.Read)
            .Produces<EntryListDocument>().Describe("GetLedgerEntries", "Signed entries in order; query from, count (1 to 1000).", 400);
        routes.MapGet("/api/ledger/inclusion", GetInclusionAsync).RequireAuthorization(Access.Read)
            .Produces<InclusionDocument>().Describe("GetInclusionProof", "Proves an entry is in the log; query index or event, and size.", 400, 404);
        routes.MapGet("/api/ledger/consistency", GetConsistencyAsync).RequireAuthorization(Access.Read)
            .Produces<ConsistencyDocument>().Describe("GetConsistencyProof", "Proves the log only grew; query first, second.", 400);
        routes.MapGet("/api/ledger/export", ExportAsync).RequireAuthorization(Access.Read)
            .Produces<string>(200, "application/x-ndjson").Describe("ExportLedger", "The whole signed log as JSON lines, for offline verification.", 404);
        routes.MapGet("/api/ledger/key", GetKeyAsync).RequireAuthorization(Access.Read)
            .Produces<string>(200, "application/x-pem-file").Describe("GetLedgerKey", "The public key checkpoints are signed with, PEM.");
    }

    private static async Task<IResult> GetCheckpointAsync([FromServices] ILedger ledger, CancellationToken cancellationToken) =>
        await ledger.GetCheckpointAsync(cancellationToken) is { } checkpoint
            ? Results.Json(CheckpointDocument.From(checkpoint), ApiJson.Default.CheckpointDocument)
            : Unsealed.ToProblem();

    private static async Task<IResult> GetEntriesAsync(HttpContext http, [FromServices] ILedger ledger, CancellationToken cancellationToken)
    {
        if (!QueryValues.Number(http.Request, "from", 0, 0, long.MaxValue).TryGet(out var from, out var error)
            || !QueryValues.Number(http.Request, "count", DefaultEntries, 1, MaxEntries).TryGet(out var count, out error))
        {
            return error.ToProblem();
        }

        var size = (await ledger.GetCheckpointAsync(cancellationToken))?.Size ?? 0;
        var entries = await ledger.ReadAsync(from, count, cancellationToken).Select(EntryDocument.From).ToListAsync(cancellationToken);
        return Results.Json(new EntryListDocument(entries, size), ApiJson.Default.EntryListDocument);
    }

    private static async Task<IResult> GetInclusionAsync(HttpContext http, [FromServices] ILedger ledger, CancellationToken cancellationToken)
    {
        var signed = (await ledger.GetCheckpointAsync(cancellationToken))?.Size ?? 0;
        if (!QueryValues.Number(http.Request, "size", signed, 0, long.MaxValue).TryGet(out var size, out var error)
            || !(await FindIndexAsync(http.Request, ledger, cancellationToken)).TryGet(out var index, out error))
        {
            return error.ToProblem();
        }

        return (await ledger.ProveInclusionAsync(index, size, cancellationToken)).ToOk(
            proof => new InclusionDocument(proof.Index, proof.Size, Convert.ToBase64String(proof.LeafHash), [.. proof.Path.Select(Convert.ToBase64String)]),
            ApiJson.Default.InclusionDocument);
    }

    private static async Task<Result<long>> FindIndexAsync(HttpRequest request, ILedger ledger, CancellationToken cancellationToken)
    {
        if (QueryValues.Text(request, "event") is { } id)
        {
            return await ledger.FindAsync(id, cancellationToken);
        }

        return QueryValues.Text(request, "index") is null
            ? new Error(ErrorKind.Invalid, "query-malformed", "Say which entry: index=<number> or event=<id>.", "index")
            : QueryValues.Number(request, "index", 0, 0, long.MaxValue);
    }

    private static async Task<IResult> GetConsistencyAsync(HttpContext http, [FromServices] ILedger ledger, CancellationToken cancellationToken)
    {
        var signed = (await ledger.GetCheckpointAsync(cancellationToken))?.Size ?? 0;
        if (!QueryValues.Number(http.Request, "first", 0, 0, long.MaxValue).TryGet(out var first, out var error)
            || !QueryValues.Number(http.Request, "second", signed, 0, long.MaxValue).TryGet(out var second, out error))
        {
            return error.ToProblem();
        }

        return (await ledger.ProveConsistencyAsync(first, second, cancellationToken)).ToOk(
            proof => new ConsistencyDocument(proof.FirstSize, proof.SecondSize, [.. proof.Path.Select(Convert.ToBase64String)]),
            ApiJson.Default.ConsistencyDocument);
    }

    private static async Task<IResult> ExportAsync([FromServices] ILedger ledger, CancellationToken cancellationToken) =>
        await ledger.GetCheckpointAsync(cancellationToken) is null
            ? Unsealed.ToProblem()
            : Results.Stream(body => ledger.ExportAsync(body, cancellationToken), "application/x-ndjson", "gatehouse-ledger.jsonl");

    private static async Task<IResult> GetKeyAsync([FromServices] ILedger ledger, CancellationToken cancellationToken) =>
        Results.Text(Pem(await ledger.GetPublicKeyAsync(cancellationToken)), "application/x-pem-file");

    private static string Pem(byte[] key) => PemEncoding.WriteString("PUBLIC KEY", key) + "\n";
}
