using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Intakes;

/// <summary>Every way an intake command can be refused.</summary>
internal static class IntakeErrors
{
    public static Error NotFound(string id) =>
        new(ErrorKind.NotFound, "intake-unknown", $"There is no intake '{id}'.", "id");

    public static Error WrongState(Intake intake, string verb, string wanted) =>
        new(ErrorKind.Conflict, "intake-state", $"Intake '{intake.Id}' is {intake.State}; only an intake that is {wanted} can be {verb}.", "state");

    public static Error OwnRequest(Intake intake) =>
        new(ErrorKind.Forbidden, "approval-own-request", $"Intake '{intake.Id}' was requested by the same person; {intake.Verdict?.Approval.DecidedBy?.Path ?? "the default policy"} separates the duties of requesting and approving.");

    public static Error ApprovedAlready(Intake intake) =>
        new(ErrorKind.Conflict, "approval-twice", $"The same person has already approved intake '{intake.Id}'; every approval must come from someone else.");

    public static Error Contended(string id) =>
        new(ErrorKind.Conflict, "intake-contended", $"Intake '{id}' keeps changing; try again.");

    public static Error Superseded(Intake intake, Intake standing) =>
        new(ErrorKind.Conflict, "intake-superseded", $"Intake '{standing.Id}' now stands for the image of intake '{intake.Id}'; go on with that one.", "id");

    public static Error IdempotencyKeyReused(string intake) =>
        new(ErrorKind.Conflict, "idempotency-key-reused", $"This Idempotency-Key was used for another request (intake '{intake}'); use a new key for a new request.", "Idempotency-Key");

    public static Error ReportOfAnother(Digest reported, Intake intake) =>
        new(ErrorKind.Invalid, "report-other-image", $"The report is about {reported}; intake '{intake.Id}' is about {intake.Candidate?.Digest.ToString() ?? "an image not resolved yet"}.", "artifact");

    public static Error ReportUnwanted(string scanner, Scope scope, IEnumerable<string> wanted) =>
        new(ErrorKind.Invalid, "report-unwanted", $"The policy of {scope} asks for no report of '{scanner}'.", "scanner") { Allowed = [.. wanted] };

    public static Error ReportTooLarge(int bytes, int limit) =>
        new(ErrorKind.TooLarge, "report-too-large", $"The report's findings take {bytes} bytes compressed; at most {limit} can be filed.", "findings");

    public static Error CommentMissing() =>
        new(ErrorKind.Invalid, "comment-missing", "A rejection says why: 'comment' must not be empty.", "comment");

    public static Error ContinuationMalformed() =>
        new(ErrorKind.Invalid, "continuation-malformed", "The continuation is not one this service gave out.", "continuation");
}
