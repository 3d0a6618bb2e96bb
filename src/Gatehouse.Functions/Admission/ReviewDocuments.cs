namespace Gatehouse.Functions.Admission;

/// <summary>Source: Kubernetes <c>admission.k8s.io/v1</c> AdmissionReview.</summary>
internal sealed record AdmissionReviewAnswer(string ApiVersion, string Kind, AdmissionResponse Response)
{
    public static AdmissionReviewAnswer Of(string uid, string? refusal) => new("admission.k8s.io/v1", "AdmissionReview", new AdmissionResponse(
        uid, refusal is null, refusal is null ? null : new AdmissionStatus(StatusCodes.Status403Forbidden, refusal)));
}

internal sealed record AdmissionResponse(string Uid, bool Allowed, AdmissionStatus? Status);

internal sealed record AdmissionStatus(int Code, string Message);

/// <summary>Source: Kubernetes <c>imagepolicy.k8s.io/v1alpha1</c> ImageReview.</summary>
internal sealed record ImageReviewAnswer(string ApiVersion, string Kind, ImageReviewStatus Status)
{
    public static ImageReviewAnswer Of(string? refusal) =>
        new("imagepolicy.k8s.io/v1alpha1", "ImageReview", new ImageReviewStatus(refusal is null, refusal));
}

internal sealed record ImageReviewStatus(bool Allowed, string? Reason);
