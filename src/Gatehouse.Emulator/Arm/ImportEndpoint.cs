using Gatehouse.Core.Time;
using Gatehouse.Emulator.Imports;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Arm;

/// <summary>Source: Microsoft.ContainerRegistry, Registries_ImportImage.</summary>
internal static class ImportEndpoint
{
    private const int MaxBody = 256 * 1024;

    public static async Task StartAsync(ArmCall call, ImportService imports, IEntropy entropy)
    {
        if (await BodyReader.ReadAsync(call.Http, MaxBody, call.Http.RequestAborted) is not { } body)
        {
            await call.RefuseAsync(413, "RequestContentTooLarge", $"The body exceeds {MaxBody} bytes.");
            return;
        }

        if (!ImportOrder.Parse(body).TryGet(out var order, out var invalid))
        {
            await ArmReply.ErrorAsync(call.Http, 400, invalid.Code, invalid.Message, invalid.Field);
            return;
        }

        if (ImportService.Conflict(call.Registry, order) is { } conflict)
        {
            await call.RefuseAsync(409, "Conflict", $"Tag {conflict.Repository}:{conflict.Tag} already exists in target registry.");
            return;
        }

        var operation = imports.Start(call.Registry, order, new RequestOrigin(entropy.Next(), call.Registry.LoginServer, "PUT", "AzureContainerRegistry/import"));
        if (call.Registry.Faults.TakeArmBreak())
        {
            // Accepted, and nobody is told where to ask for it.
            call.Http.Abort();
            return;
        }

        await call.AcceptedAsync(operation.Id);
    }

    public static Task PollAsync(ArmCall call, ImportOperation operation) => operation.Status switch
    {
        ImportStatus.Succeeded => Reply.EmptyAsync(call.Http, 200),
        ImportStatus.Failed => call.RefuseAsync(operation.HttpStatus, operation.Code!, operation.Message!),
        _ => call.RunningAsync(),
    };
}
