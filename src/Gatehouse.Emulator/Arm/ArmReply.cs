using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

internal static class ArmReply
{
    /// <summary>The error envelope of Azure Resource Manager, common types v6.</summary>
    public static Task ErrorAsync(HttpContext http, int status, string code, string message, string? target = null) => Reply.JsonAsync(http, status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("code", code);
        writer.WriteString("message", message);
        if (target is not null)
        {
            writer.WriteString("target", target);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}
