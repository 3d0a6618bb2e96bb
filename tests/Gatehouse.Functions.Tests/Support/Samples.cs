using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Functions.Tests.Support;

internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Scope Payments = Scope.Parse("contoso/payments").Value;

    public static readonly Digest Digest = Digest.OfBytes(Encoding.UTF8.GetBytes("an image"));

    public static Intake Intake(string id = "01j0intake", IntakeState state = IntakeState.Requested) => new()
    {
        Id = id,
        Scope = Payments,
        Image = ImageReference.Parse("alpine:3.20").Value,
        RequestedBy = new Actor("user:ada", "Ada"),
        RequestedAt = Now,
        State = state,
        TargetRepository = "docker.io/library/alpine",
        StateSince = Now,
        UpdatedAt = Now,
    };

    public static ReleasedImage Released() => new(
        "docker.io/library/alpine", Digest, ["3.20"], [Digest], ImageReference.Parse("alpine:3.20").Value, Payments, "01j0intake", Now);
}
